package dev.usher.token;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Stream;

import dev.usher.UsherApplication;
import dev.usher.storage.StorageProperties;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** What somebody can do with a copy of the database, a backup for example. */
class StolenDatabaseTests {

	@Test
	void databaseWhenCopiedThenItHoldsNoPrivateKeyAndOpensWithoutItsKeyNowhere(@TempDir Path folder) throws Exception {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED)) {
			assertThat(node.admin()).isNotEmpty();
			SigningKey key = node.bean(SigningKeys.class).current();
			byte[] stolen = Files.readAllBytes(node.bean(StorageProperties.class).data().resolve("usher.mv.db"));
			String content = new String(stolen, StandardCharsets.ISO_8859_1);
			// It can be found what is there.
			assertThat(content).contains(key.kid());
			assertThat(forms(key.privateKey())).noneMatch(content::contains);
			Files.write(folder.resolve("usher.mv.db"), stolen);
		}
		assertThatException()
			.isThrownBy(() -> SpringApplication
				.run(UsherApplication.class, "--usher.data=" + folder, "--server.port=0", "--management.server.port=0")
				.close())
			.withRootCauseInstanceOf(UnusableKeyException.class)
			.withStackTraceContaining("signing.key that decrypts them is missing");
	}

	private static Stream<String> forms(RSAPrivateCrtKey key) {
		return Stream
			.concat(Stream.of(key.getEncoded()),
					Stream.of(key.getPrivateExponent(), key.getPrimeP(), key.getPrimeQ()).map(BigInteger::toByteArray))
			.flatMap((bytes) -> Stream.of(new String(bytes, StandardCharsets.ISO_8859_1),
					HexFormat.of().formatHex(bytes), new BigInteger(1, bytes).toString(),
					Base64.getEncoder().withoutPadding().encodeToString(bytes),
					Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
	}

}
