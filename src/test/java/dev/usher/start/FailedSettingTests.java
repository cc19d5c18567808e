package dev.usher.start;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static dev.usher.start.FailedStart.assertExplained;
import static org.assertj.core.api.Assertions.assertThat;

/** A property of Spring Boot that the gateway cannot be started with is explained. */
@ExtendWith(OutputCaptureExtension.class)
class FailedSettingTests {

	private static final String SECRET = "secret-word";

	@TempDir
	private Path data;

	private void fail(String... arguments) {
		new FailedStart(this.data).fail(arguments);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"server.servlet.context-path=/gw | server.servlet.context-path cannot be /gw: | proxies.md",
			"spring.mvc.servlet.path=/gw | spring.mvc.servlet.path cannot be /gw: | proxies.md",
			"server.forward-headers-strategy=framework | server.forward-headers-strategy cannot be framework: | usher.proxies",
			"server.forward-headers-strategy=NATIVE | server.forward-headers-strategy cannot be NATIVE: | usher.proxies",
			"server.port=70000 | server.port is 70000, and ports end at 65535. | Give another",
			"management.server.port=70000 | management.server.port is 70000, and ports end at 65535. | Give another",
			"server.address=192.0.2.77 | server.address is 192.0.2.77, which is no address of this machine. | server.address",
			"management.server.address=192.0.2.77 | management.server.address is 192.0.2.77, which is no address of this machine. | management.server.address" })
	void settingWhenTheGatewayCannotHaveItThenSaysWhatToDo(String property, String sentence, String action,
			CapturedOutput output) {
		fail("--" + property.strip());
		assertExplained(output, sentence.strip());
		assertThat(output.getAll().split("Action:")[1]).contains(action.strip());
	}

	@Test
	void portsWhenBothAreTheSameThenSaysSo(CapturedOutput output) throws IOException {
		int port;
		try (ServerSocket free = new ServerSocket(0)) {
			port = free.getLocalPort();
		}
		fail("--server.port=" + port, "--management.server.port=" + port);
		assertExplained(output, "server.port and management.server.port are both " + port + ".");
	}

	@Test
	void logFileWhenItCannotBeOpenedThenSaysSo(CapturedOutput output) throws IOException {
		Path below = Files.createFile(this.data.resolve("file")).resolve("usher.log");
		fail("--logging.file.name=" + below);
		assertExplained(output, "The log file " + below + " cannot be opened");
		assertThat(output.getAll()).contains("logging.file.name").doesNotContain("logback");
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost:abc/usher", "usher:secret-word@localhost/usher", "localhost:70000/usher" })
	void databaseWhenItsAddressIsWrongThenTheDriverIsNotBlamed(String address, CapturedOutput output) {
		fail("--spring.datasource.url=jdbc:postgresql://" + address);
		assertExplained(output,
				"spring.datasource.url is no address of a database, though it begins with jdbc:postgresql.");
		assertThat(output.getAll()).doesNotContain(SECRET).doesNotContain(" WARN ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--spring.config.location=file:", "--spring.config.additional-location=optional:" })
	void configurationWhenItIsNoYamlThenTheFileAndTheLineAreNamed(String property, CapturedOutput output)
			throws IOException {
		broken("another.yaml");
		Path file = broken("application-default.yaml");
		fail(property + this.data + "/");
		assertExplained(output, "The file " + file + " is no YAML at line 3.");
		assertThat(output.getAll()).doesNotContain(SECRET);
	}

	@Test
	void configurationWhenAFileOfItsOwnIsNoYamlThenItIsNamed(CapturedOutput output) throws IOException {
		Files.writeString(this.data.resolve("application.yaml"), "usher.drain: 10s\n");
		Path file = broken("own.yml");
		fail("--spring.config.location=file:" + this.data + "/," + file);
		assertExplained(output, "The file " + file + " is no YAML at line 3.");
		assertThat(output.getAll()).doesNotContain(SECRET);
	}

	@Test
	void configurationWhenAnImportIsNoYamlThenItsLineIsSaid(CapturedOutput output) throws IOException {
		fail("--spring.config.import=file:" + broken("imported.yaml"));
		assertExplained(output, "is no YAML at line 3.");
		assertThat(output.getAll()).doesNotContain(SECRET);
	}

	/** Whose line after the password is indented by a tab. */
	private Path broken(String name) throws IOException {
		return Files.writeString(this.data.resolve(name),
				"spring.datasource:\n  password: " + SECRET + "\n\turl: " + SECRET + "\n");
	}

}
