package dev.usher.start;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

import dev.usher.UsherApplication;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import dev.usher.testing.TestTls;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static dev.usher.start.FailedStart.assertExplained;
import static org.assertj.core.api.Assertions.assertThat;

/** A certificate that no client could use stops the start, and is explained. */
@ExtendWith(OutputCaptureExtension.class)
class FailedTlsTests {

	private static final char[] PASSWORD = "changeit".toCharArray();

	private static final String SECRET = "secret-word";

	private static final String PEM = "spring.ssl.bundle.pem.web.";

	@TempDir
	private static Path folder;

	@TempDir
	private Path data;

	@BeforeAll
	static void writeFiles() throws Exception {
		for (String name : List.of("one", "other")) {
			KeyStore keys = KeyStore.getInstance(TestTls.certificate(folder, name).toFile(), PASSWORD);
			byte[] key = keys.getKey("web", PASSWORD).getEncoded();
			pem(name + ".crt", "CERTIFICATE", keys.getCertificate("web").getEncoded());
			pem(name + ".key", "PRIVATE KEY", key);
			pem(name + ".enc", "ENCRYPTED PRIVATE KEY", encrypted(key));
		}
		byte[] certificate = Files.readAllBytes(folder.resolve("one.crt"));
		Files.write(folder.resolve("cut.crt"), Arrays.copyOf(certificate, certificate.length / 2));
		KeyStore alone = KeyStore.getInstance("PKCS12");
		alone.load(null, null);
		alone.setCertificateEntry("web",
				KeyStore.getInstance(folder.resolve("one.p12").toFile(), PASSWORD).getCertificate("web"));
		try (var out = Files.newOutputStream(folder.resolve("alone.p12"))) {
			alone.store(out, PASSWORD);
		}
	}

	private static void pem(String name, String type, byte[] der) throws IOException {
		Files.writeString(folder.resolve(name), "-----BEGIN " + type + "-----\n"
				+ Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type + "-----\n");
	}

	private static byte[] encrypted(byte[] key) throws GeneralSecurityException, IOException {
		String algorithm = "PBEWithSHA1AndDESede";
		Cipher cipher = Cipher.getInstance(algorithm);
		cipher.init(Cipher.ENCRYPT_MODE,
				SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(SECRET.toCharArray())),
				new PBEParameterSpec(new byte[8], 1000));
		return new EncryptedPrivateKeyInfo(cipher.getParameters(), cipher.doFinal(key)).getEncoded();
	}

	/** Arguments of a line such as {@code server.ssl.bundle=web keystore.x=FILE}. */
	private static String[] arguments(String line) {
		return Stream.of(line.strip().split("\\s+"))
			.map((each) -> "--" + each.replace("PEM.", PEM).replace("FILE/", folder + "/"))
			.toArray(String[]::new);
	}

	private void fail(String line) {
		new FailedStart(this.data).fail(arguments(line));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"server.ssl.bundle=web PEM.keystore.certificate=FILE/one.crt PEM.keystore.private-key=FILE/other.key | the bundle web (server.ssl.bundle) cannot be used: the private key does not belong to it.",
			"server.ssl.bundle=web usher.tls.provider=jdk PEM.reload-on-update=true PEM.keystore.certificate=FILE/one.crt PEM.keystore.private-key=FILE/other.key | the bundle web (server.ssl.bundle) cannot be used: the private key does not belong to it.",
			"server.ssl.bundle=web PEM.keystore.certificate=FILE/one.crt | the bundle web (server.ssl.bundle) cannot be used: it has no private key.",
			"server.ssl.bundle=web PEM.truststore.certificate=FILE/one.crt | the bundle web (server.ssl.bundle) cannot be used: it has no private key.",
			"server.ssl.certificate=FILE/one.crt server.ssl.certificate-private-key=FILE/other.key | server.ssl.certificate cannot be used: the private key does not belong to it.",
			"server.ssl.key-store=FILE/alone.p12 server.ssl.key-store-password=changeit | server.ssl.key-store cannot be used: it has no private key.",
			"management.server.ssl.bundle=web PEM.keystore.certificate=FILE/one.crt PEM.keystore.private-key=FILE/other.key | the bundle web (management.server.ssl.bundle) cannot be used: the private key does not belong to it.",
			"management.server.ssl.certificate=FILE/one.crt management.server.ssl.certificate-private-key=FILE/other.key | management.server.ssl.certificate cannot be used: the private key does not belong to it." })
	void certificateWhenItsPrivateKeyIsMissingOrAnothersThenSaysSo(String line, String sentence,
			CapturedOutput output) {
		fail(line);
		assertExplained(output, "The certificate of " + sentence.strip());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"server.ssl.bundle=web PEM.keystore.certificate=FILE/no.crt PEM.keystore.private-key=FILE/one.key | the bundle web (server.ssl.bundle) cannot be used: the file FILE/no.crt is not there or cannot be read.",
			"server.ssl.bundle=web PEM.reload-on-update=true PEM.keystore.certificate=FILE/no.crt PEM.keystore.private-key=FILE/one.key | the bundle web (spring.ssl.bundle) cannot be used: the file FILE/no.crt is not there or cannot be read.",
			"server.ssl.certificate=FILE/one.crt server.ssl.certificate-private-key=FILE/no.key | server.ssl.certificate cannot be used: the file FILE/no.key is not there or cannot be read.",
			"server.ssl.key-store=FILE/no.p12 | server.ssl.key-store cannot be used: the file FILE/no.p12 is not there or cannot be read.",
			"server.ssl.key-store=FILE/one.p12 server.ssl.key-store-password=secret-word | server.ssl.key-store cannot be used: the password of the key store is wrong.",
			"server.ssl.key-store=FILE/one.p12 server.ssl.key-store-password=changeit server.ssl.key-alias=none | server.ssl.key-store cannot be used: Keystore does not contain alias 'none'.",
			"server.ssl.bundle=web PEM.keystore.certificate=FILE/cut.crt PEM.keystore.private-key=FILE/one.key | the bundle web (server.ssl.bundle) cannot be used: a file of it has no whole certificate or key in PEM.",
			"server.ssl.bundle=web PEM.keystore.certificate=FILE/one.key PEM.keystore.private-key=FILE/one.crt | the bundle web (server.ssl.bundle) cannot be used: a file of it has no whole certificate or key in PEM.",
			"server.ssl.bundle=web PEM.keystore.certificate=FILE/one.crt PEM.keystore.private-key=FILE/one.enc | the bundle web (server.ssl.bundle) cannot be used: its private key has a passphrase, and none is given.",
			"server.ssl.certificate=FILE/one.crt server.ssl.certificate-private-key=FILE/one.enc | server.ssl.certificate cannot be used: its private key has a passphrase, and none is given.",
			"server.ssl.bundle=web PEM.keystore.certificate=FILE/one.crt PEM.keystore.private-key=FILE/one.enc PEM.keystore.private-key-password=changeit | the bundle web (server.ssl.bundle) cannot be used: the passphrase of its private key is wrong.",
			"server.ssl.bundle=web | the bundle web (server.ssl.bundle) cannot be used: there is no such bundle.",
			"management.server.ssl.bundle=web | the bundle web (management.server.ssl.bundle) cannot be used: there is no such bundle." })
	void certificateWhenItCannotBeReadThenSaysWhy(String line, String sentence, CapturedOutput output) {
		fail(line);
		assertExplained(output, "The certificate of " + sentence.strip().replace("FILE/", folder + "/"));
		assertThat(output.getAll()).doesNotContain(SECRET);
	}

	@Test
	void certificateWhenAKeyIsGivenInPlaceOfItsFileThenIsNotShown(CapturedOutput output) throws IOException {
		String key = Files.readString(folder.resolve("one.key")).replaceAll("-----[A-Z ]+-----|\\s", "");
		fail("server.ssl.bundle=web PEM.keystore.certificate=FILE/one.crt PEM.keystore.private-key=" + key);
		assertExplained(output, "a file of it is not there or cannot be read.");
		assertThat(output.getAll()).doesNotContain(key.substring(0, 40));
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.server.port=-1", "management.server.ssl.enabled=false" })
	void certificateWhenItIsUsedByNobodyThenIsNotLookedAt(String property) throws Exception {
		String[] properties = { property, "management.server.ssl.bundle=web",
				PEM + "keystore.certificate=" + folder.resolve("one.crt"),
				PEM + "keystore.private-key=" + folder.resolve("other.key") };
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, properties)) {
			URI health = URI.create("http://localhost:" + node.port() + "/actuator/health/liveness");
			assertThat(HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(health).build(), BodyHandlers.discarding())
				.statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "-40d | 30 | expired at", "+2d | 30 | is not valid before", "-1d | 30 | up on https" })
	void certificateWhenItIsNotOfTodayThenAWarningSaysItsDate(String begin, String days, String sentence,
			CapturedOutput output) throws Exception {
		Path store = TestTls.certificate(this.data, "dated", "EC", "-startdate", begin, "-validity", days);
		List<String> arguments = new ArrayList<>(List.of("--management.server.port=-1"));
		TestTls.properties(store).forEach((property) -> arguments.add("--" + property));
		try (ConfigurableApplicationContext context = SpringApplication.run(UsherApplication.class,
				new FailedStart(this.data.resolve("data")).arguments(arguments.toArray(String[]::new)))) {
			int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
			assertThat(TestTls.client().subject(port)).isEqualTo("CN=dated");
		}
		assertThat(output.getAll()).contains(sentence);
		List<String> warnings = output.getAll().lines().filter((line) -> line.contains("CN=dated")).toList();
		assertThat(warnings).hasSize(begin.equals("-1d") ? 0 : 1).allSatisfy((line) -> {
			assertThat(line).contains(" WARN ", "the bundle web (server.ssl.bundle)", sentence);
			assertThat(line).containsPattern(sentence + " 20\\d\\d-\\d\\d-\\d\\dT");
		});
	}

}
