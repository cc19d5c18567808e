package dev.usher.start;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.usher.UsherApplication;
import dev.usher.testing.Postgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;

import static dev.usher.start.FailedStart.assertExplained;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * A start that cannot be is explained in a sentence, and in nothing else. That the
 * process ends by it is shown in {@link JarIT}.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailedStartTests {

	@TempDir
	private Path data;

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"usher.session.lifetime=5s | usher.session.lifetime must be from 1m to 3650d, but is 5s.",
			"usher.session.lifetime=soon | usher.session.lifetime cannot be read as a Duration. It is set in",
			"usher.login.account-refill=30 | usher.login.account-refill is 30, without a unit. Write 30s. It is set in",
			"usher.drain=20 | usher.drain is 20, without a unit. Write 20s.",
			"usher.inbox.ack-timeout=${usher.inbox.in-flight:300} | usher.inbox.ack-timeout is 300, without a unit. Write 300s.",
			"usher.session.max-per-user=0 | usher.session.max-per-user must be at least 1, but is 0.",
			"usher.password.min-length=3 | usher.password.min-length must be from 8 to 1024, but is 3.",
			"usher.login-provider.threads=0 | usher.login-provider.threads must be from 1 to 1000, but is 0.",
			"usher.login-provider.timeout=1h | usher.login-provider.timeout must be from 100ms to 1m, but is 3600000ms.",
			"usher.password.hash-queue=x | usher.password.hash-queue cannot be read as a",
			"usher.http.max-body=1B | usher.http.max-body must be at least 1KB, but is 1B.",
			"usher.cluster.bus=kafka | usher.cluster.bus cannot be read as a Engine.",
			"usher.cluster.lanes=0 | usher.cluster.lanes must be from 1 to 64, but is 0.",
			"usher.cluster.name=a b | usher.cluster.name must be 1 to 64 letters, digits, dots, dashes and underscores, but is a b.",
			"usher.cluster.publish-queue=1KB | usher.cluster.publish-queue must be from 1MB to 1GB, but is 1024B.",
			"usher.tls.provider=openssl | usher.tls.provider cannot be read as a Provider.",
			"usher.demo.then=sometimes | usher.demo.then must be stay or exit, but is sometimes",
			"usher.origins=* | usher.origins[0] must be an origin such as https://app.example.org, but is *.",
			"usher.access[0].publish=user | usher.access[0].destination is missing.",
			"usher.webauthn.rp-id=https://example.org | usher.webauthn.rp-id must be a domain such as example.org",
			"usher.webauthn.rp-id=example.org | usher.webauthn.origins is missing, while usher.webauthn.rp-id is set.",
			"usher.sesion.lifetime=5d | Nothing reads the property usher.sesion.lifetime (\"usher.sesion.lifetime\" from property source \"commandLineArgs\").",
			"usher.sessions=5 | Nothing reads the property usher.sessions",
			"usher.issuers[0].roles-map./staff=user | usher.issuers[0].roles-map./staff, whose key is written in brackets: usher.issuers[0].roles-map[/staff].",
			"usher.issuers[0].role-map.staff=user | Nothing reads the property usher.issuers[0].role-map.staff" })
	void propertyWhenWrongThenIsNamed(String property, String sentence, CapturedOutput output) {
		fail("--" + property.strip());
		assertExplained(output, sentence.strip());
	}

	@Test
	void environmentVariableWhenMisspeltThenIsNamed(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> start(Map.of("USHER_SESSION_LIFETME", "7d", "USHER_SERVICE_HOST", "10.0.0.1")).close());
		assertExplained(output, "Nothing reads the property usher.session.lifetme");
		assertThat(output.getAll()).contains("USHER_SESSION_LIFETME").doesNotContain("usher.service.host");
	}

	@Test
	void environmentVariableWhenADurationWithoutAUnitThenIsNamed(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start(Map.of("USHER_LOGIN_ACCOUNTREFILL", "30")).close());
		assertExplained(output, "usher.login.account-refill is 30, without a unit. Write 30s.");
		assertThat(output.getAll()).contains("USHER_LOGIN_ACCOUNTREFILL");
	}

	@Test
	void environmentVariableWhenItLinksAServiceOrIsKnownThenTheStartGoesOn() {
		Map<String, Object> variables = new HashMap<>();
		for (String link : List.of("USHER_SERVICE_HOST", "USHER_SERVICE_PORT", "USHER_SERVICE_PORT_HTTP",
				"USHER_SERVICE_PORT_8080", "USHER_PORT", "USHER_PORT_8080_TCP", "USHER_PORT_8080_TCP_PROTO",
				"USHER_PORT_8080_TCP_PORT", "USHER_PORT_8080_TCP_ADDR", "USHER_2_DB_SERVICE_HOST",
				"USHER_BLUE_PORT_53_UDP_ADDR")) {
			variables.put(link, "10.0.0.1");
		}
		variables.put("USHER_SESSION_MAXPERUSER", "7");
		variables.put("USHER_LOGIN_ACCOUNT_ATTEMPTS", "7");
		variables.put("USHER_CONNECT_EXPIRYNOTICE", "0");
		variables.put("USHER_INBOX_ACKTIMEOUT", "PT20S");
		variables.put("USHER_HOSTS_0", "gateway.example.org");
		variables.put("USHER_ACCESS_0_DESTINATION", "/topic/**");
		try (ConfigurableApplicationContext context = start(variables)) {
			assertThat(context.isRunning()).isTrue();
			assertThat(context.getEnvironment().getProperty("usher.login.account-attempts")).isEqualTo("7");
		}
	}

	private ConfigurableApplicationContext start(Map<String, Object> variables) {
		SpringApplication application = new SpringApplication(UsherApplication.class);
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
		application.setEnvironment(environment);
		return application.run(arguments("--server.port=0"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "cluster.nodes=10.0.0.1:6379 | The bus does not speak to a Redis Cluster or to replicas yet.",
					"url=http://usher:secret-word@localhost | spring.data.redis.url cannot be read.",
					"sentinel.master=main | The sentinels of Redis need a name and addresses.",
					"host= | spring.data.redis.host and spring.data.redis.port cannot be '' and 6379.",
					"port=70000 | spring.data.redis.host and spring.data.redis.port cannot be 'localhost' and 70000." })
	void redisWhenItCannotBeSpokenToSoThenSaysWhatToWrite(String property, String sentence, CapturedOutput output) {
		fail("--usher.cluster.bus=redis", "--spring.data.redis." + property.strip());
		assertExplained(output, sentence.strip());
		assertThat(output.getAll()).doesNotContain("secret-word");
	}

	@Test
	void databaseWhenItsUrlIsNoneOfJdbcThenSaysWhatToWrite(CapturedOutput output) {
		fail("--spring.datasource.url=postgres://usher:secret-word@localhost/usher");
		assertExplained(output, "spring.datasource.url must begin with jdbc:, but begins with postgres:.");
		assertThat(output.getAll()).contains("jdbc:postgresql://").doesNotContain("secret-word");
	}

	@Test
	void databaseWhenItsDriverIsMissingThenSaysSo(CapturedOutput output) {
		fail("--spring.datasource.url=jdbc:mysql://localhost/usher?password=secret-word");
		assertExplained(output, "There is no driver for the database of spring.datasource.url, jdbc:mysql.");
		assertThat(output.getAll()).doesNotContain("secret-word");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "--usher.admin.password=short | The password must have at least 8 characters.",
					"--usher.admin.password=wonderland | This password is one of the most common.",
					"--usher.admin.password-file=/nowhere/at/all | of usher.admin.password-file is not there." })
	void firstPasswordWhenItCannotBeTakenThenSaysWhy(String property, String sentence, CapturedOutput output) {
		fail(property.strip());
		assertExplained(output, sentence.strip());
		assertThat(output.getAll()).doesNotContain("wonderland").doesNotContain("short ");
	}

	@Test
	void firstPasswordWhenGivenTwiceThenSaysSo(CapturedOutput output) {
		fail("--usher.admin.password=secret-word-1", "--usher.admin.password-file=x");
		assertExplained(output, "usher.admin.password and usher.admin.password-file are both given");
		assertThat(output.getAll()).doesNotContain("secret-word");
	}

	@Test
	void dataFolderWhenAFileThenSaysSo(CapturedOutput output) throws IOException {
		Path file = Files.createFile(this.data.resolve("file"));
		fail("--usher.data=" + file);
		assertExplained(output, "The data folder " + file + " is a file.");
	}

	@Test
	void dataFolderWhenItCannotBeMadeThenSaysSo(CapturedOutput output) throws IOException {
		Path below = Files.createFile(this.data.resolve("file")).resolve("below");
		fail("--usher.data=" + below);
		assertExplained(output, "The data folder " + below);
	}

	@Test
	void dataFolderWhenItsNameCouldBeASettingThenSaysSo(CapturedOutput output) {
		fail("--usher.data=" + this.data + "/a;INIT=x");
		assertExplained(output, "has a semicolon in its name.");
	}

	@Test
	void databaseWhenDamagedThenSaysSo(CapturedOutput output) throws IOException {
		Files.writeString(this.data.resolve("usher.mv.db"), "this is no database".repeat(1000));
		fail();
		assertExplained(output, "The database in the data folder " + this.data + " cannot be opened: ");
	}

	@Test
	void databaseWhenUnreachableThenSaysSo(CapturedOutput output) {
		fail("--spring.datasource.url=jdbc:postgresql://localhost:1/usher");
		assertExplained(output, "The database of spring.datasource.url cannot be reached: ");
	}

	@Test
	void schemaWhenNewerThenSaysSo(CapturedOutput output) {
		try (ConfigurableApplicationContext first = SpringApplication.run(UsherApplication.class,
				arguments("--server.port=0"))) {
			first.getBean(JdbcClient.class).sql("""
					INSERT INTO "flyway_schema_history" ("installed_rank", "version", "description", "type", "script",
						"checksum", "installed_by", "execution_time", "success")
					VALUES (1000, '999', 'later', 'SQL', 'V999__later.sql', 1, 'usher', 1, TRUE)
					""").update();
			first.getBean(JdbcClient.class).sql("UPDATE schema_release SET lowest_version = 999").update();
		}
		fail();
		assertExplained(output, "The database was last used by a newer Usher: its schema has version 999");
	}

	@Test
	void demoWhenDatabaseIsNotTheEmbeddedOneThenRefuses(CapturedOutput output) {
		fail("--spring.profiles.active=demo", "--spring.datasource.url=" + Postgres.newDatabase());
		assertExplained(output, "so it only runs on the embedded database");
		assertThat(output.getAll()).contains("spring.datasource.url");
		int before = output.getAll().length();
		fail("--spring.profiles.active=demo", "--spring.datasource.url=jdbc:h2:mem:elsewhere");
		assertThat(output.getAll().substring(before)).contains("so it only runs on the embedded database",
				"spring.datasource.url");
		assertExplained(output, "spring.datasource.url");
	}

	@Test
	void portWhenInUseThenSaysSo(CapturedOutput output) throws IOException {
		try (ServerSocket taken = new ServerSocket(0)) {
			fail("--server.port=" + taken.getLocalPort());
			assertExplained(output, "Port " + taken.getLocalPort() + " was already in use.");
		}
	}

	@Test
	void managementPortWhenInUseThenSaysWhichPropertyGivesItAnother(CapturedOutput output) throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
			fail("--management.server.port=" + taken.getLocalPort());
			assertExplained(output, "Port " + taken.getLocalPort() + ", where metrics are served, was already in use.");
			assertThat(output.getAll()).contains("management.server.port");
		}
	}

	private void fail(String... more) {
		new FailedStart(this.data).fail(more);
	}

	private String[] arguments(String... more) {
		return new FailedStart(this.data).arguments(more);
	}

}
