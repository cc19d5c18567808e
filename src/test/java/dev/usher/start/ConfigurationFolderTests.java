package dev.usher.start;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** Which {@code application.yaml} is read. With the packaged jar: {@code WalkIT}. */
class ConfigurationFolderTests {

	@TempDir
	private Path folder;

	/**
	 * Names that separate locations, are patterns or placeholders, or must be encoded.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "plain", "a, b; c", "with * and ?", "${user.name} #1 50%" })
	void fileWhenInTheFolderOfTheJarThenIsReadWhateverItsName(String name) throws Exception {
		Path jar = Files.createDirectory(this.folder.resolve(name));
		Files.writeString(jar.resolve("application.yaml"), "of.the.jar: one\nboth: jar\n");
		Files.createDirectory(jar.resolve("config"));
		Files.writeString(jar.resolve("config/application.yaml"), "both: config\n");
		assertThat(read(jar, "of.the.jar")).isEqualTo("one");
		assertThat(read(jar, "both")).isEqualTo("config");
	}

	@Test
	void fileWhenAnotherLocationIsGivenThenIsNotRead() throws Exception {
		Files.writeString(this.folder.resolve("application.yaml"), "of.the.jar: one\n");
		assertThat(read(this.folder, "of.the.jar", "--spring.config.location=optional:file:/nowhere/")).isEmpty();
	}

	@Test
	void locationsWhenStartedFromNoJarThenAreThoseOfSpringBoot() {
		assertThat(ConfigurationFolder.of(ConfigurationFolderTests.class)).isEmpty();
	}

	private static String read(Path jar, String property, String... arguments) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Nothing.class)
			.web(WebApplicationType.NONE)
			.properties(ConfigurationFolder.beside(jar))
			.run(arguments)) {
			return context.getEnvironment().getProperty(property, "");
		}
	}

	static class Nothing {

	}

}
