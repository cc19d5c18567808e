package dev.usher.token;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MasterKeyFileTests {

	@TempDir
	Path folder;

	private MasterKeyFile file;

	private Path path;

	@BeforeEach
	void setUp() {
		this.file = new MasterKeyFile(this.folder.resolve("data"));
		this.path = this.folder.resolve("data").resolve(MasterKeyFile.NAME);
	}

	@Test
	void createdThenOwnerAloneMayReadItAndItReadsBack() throws Exception {
		MasterKey made = this.file.create();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.path))).isEqualTo("rw-------");
		assertThat(this.file.read().decrypt(made.encrypt(new byte[] { 7 }, "kid"), "kid")).containsExactly(7);
		try (Stream<Path> files = Files.list(this.path.getParent())) {
			assertThat(files).containsExactly(this.path);
		}
	}

	@Test
	void existsWhenCreatedThenKept() throws Exception {
		this.file.create();
		String before = Files.readString(this.path);
		this.file.create();
		assertThat(Files.readString(this.path)).isEqualTo(before);
	}

	@Test
	void manyCreateAtOnceThenAllReadTheSame() throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(8);
		try {
			Callable<MasterKey> create = () -> new MasterKeyFile(this.folder.resolve("data")).create();
			List<MasterKey> made = new ArrayList<>();
			for (Future<MasterKey> each : pool
				.invokeAll(List.of(create, create, create, create, create, create, create, create))) {
				made.add(each.get());
			}
			String encrypted = made.get(0).encrypt(new byte[] { 7 }, "kid");
			assertThat(made).allSatisfy((key) -> assertThat(key.decrypt(encrypted, "kid")).containsExactly(7));
		}
		finally {
			pool.shutdownNow();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "rw-r-----", "rw----r--", "rw--w----", "rw-rw-rw-" })
	void othersMayTouchItThenRefusedWithTheCommandThatHelps(String permissions) throws Exception {
		this.file.create();
		Files.setPosixFilePermissions(this.path, PosixFilePermissions.fromString(permissions));
		assertThatExceptionOfType(UnusableKeyException.class).isThrownBy(this.file::read)
			.withMessageContaining(this.path.toString())
			.withMessageContaining(permissions)
			.satisfies((ex) -> assertThat(ex.action()).isEqualTo("Run: chmod 600 " + this.path));
	}

	@Test
	void ownerMayOnlyReadItThenAccepted() throws Exception {
		this.file.create();
		Files.setPosixFilePermissions(this.path, PosixFilePermissions.fromString("r--------"));
		assertThat(this.file.read().source()).isEqualTo(this.path.toString());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\n", "not base64!", "AAAA", "-----BEGIN PRIVATE KEY-----" })
	void contentIsNoKeyThenRefusedAndNotRepeated(String content) throws Exception {
		this.file.create();
		Files.writeString(this.path, content);
		assertThatExceptionOfType(UnusableKeyException.class).isThrownBy(this.file::read)
			.withMessageContaining("must hold 32 bytes in base64")
			.satisfies((ex) -> assertThat(content.isBlank() || !ex.getMessage().contains(content)).isTrue());
	}

	@Test
	void fileIsHugeThenRefusedUnread() throws Exception {
		this.file.create();
		Files.write(this.path, new byte[1024]);
		assertThatExceptionOfType(UnusableKeyException.class).isThrownBy(this.file::read);
	}

	@Test
	void missingWhenReadThenSaysSo() {
		assertThatExceptionOfType(UnusableKeyException.class).isThrownBy(this.file::read)
			.withMessageContaining("missing");
	}

	@Test
	void folderCannotBeMadeThenSaysWhere() throws Exception {
		Files.writeString(this.folder.resolve("data"), "a file");
		assertThatExceptionOfType(UnusableKeyException.class).isThrownBy(this.file::create)
			.withMessageContaining(this.path.toString());
	}

	@Test
	void encryptedTwiceThenDifferentAndBoundToItsKid() {
		MasterKey key = new MasterKey(new byte[MasterKey.LENGTH], "here");
		byte[] plain = "plain".getBytes(StandardCharsets.UTF_8);
		String encrypted = key.encrypt(plain, "kid");
		assertThat(encrypted).isNotEqualTo(key.encrypt(plain, "kid"));
		assertThat(key.decrypt(encrypted, "kid")).isEqualTo(plain);
		assertThatExceptionOfType(UnusableKeyException.class).isThrownBy(() -> key.decrypt(encrypted, "other"));
		byte[] tampered = Base64.getDecoder().decode(encrypted);
		tampered[tampered.length - 1] ^= 1;
		for (String bad : List.of(Base64.getEncoder().encodeToString(tampered), "", "AAAA", "!")) {
			assertThatExceptionOfType(UnusableKeyException.class).isThrownBy(() -> key.decrypt(bad, "kid"))
				.withMessageContaining("here");
		}
		assertThat(key.toString()).isEqualTo("MasterKey[source=here]");
	}

}
