package dev.usher.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.usher.testing.ExtensionJar;
import dev.usher.testing.JavaProcess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Somebody else's code in the packaged jar: loaded, or the start says which it was. */
class ExtensionIT {

	private static final String CONFIGURATION = "org.example.GoodAutoConfiguration";

	@TempDir
	private Path folder;

	@TempDir
	private Path data;

	private Path extensions;

	@BeforeEach
	void makeFolder() throws IOException {
		this.extensions = Files.createDirectory(this.folder.resolve("extensions"));
	}

	/**
	 * It comes after the gateway, whose beans it asks for by a condition; and its
	 * application.yaml takes the place of no setting of the gateway's.
	 */
	@Test
	void startWhenFolderHasAnExtensionThenItsBeansAreThereAndItsSettingsLeaveOursAlone() throws IOException {
		new ExtensionJar()
			.source(CONFIGURATION,
					configuration(
							"""
									@Bean
									@org.springframework.boot.autoconfigure.condition.ConditionalOnBean(dev.usher.session.Sessions.class)
									org.springframework.boot.ApplicationRunner hello(org.springframework.core.env.Environment environment) {
										return (arguments) -> System.out.println("hello of " + environment.getProperty("greeter.name")
											+ ", metrics on " + environment.getProperty("management.server.address"));
									}
									"""))
			.autoConfiguration(CONFIGURATION)
			.resource("application.yaml", "greeter:\n  name: ann\n")
			.write(this.extensions.resolve("greeter-1.jar"));
		try (JavaProcess node = JavaProcess.gatewayWith(this.extensions, this.data)) {
			node.awaitPort();
			assertThat(node.awaitOutput("hello of ")).contains("hello of ann, metrics on 127.0.0.1")
				.contains(", with greeter-1.jar");
		}
	}

	private static String configuration(String bean) {
		return """
				package org.example;

				import org.springframework.boot.autoconfigure.AutoConfiguration;
				import org.springframework.context.annotation.Bean;

				@AutoConfiguration
				public class GoodAutoConfiguration {

					%s

				}
				""".formatted(bean);
	}

	@Test
	void startWhenItsBeanThrowsThenNamesTheExtension() {
		Path jar = new ExtensionJar().source(CONFIGURATION, configuration("""
				@Bean
				Object tenants() {
					throw new IllegalStateException("no tenants are configured");
				}
				""")).autoConfiguration(CONFIGURATION).write(this.extensions.resolve("broken.jar"));
		refuses("The extension " + jar + " could not be started: IllegalStateException: no tenants are configured.");
	}

	@Test
	void startWhenItsRunnerThrowsThenNamesTheExtension() {
		Path jar = new ExtensionJar().source(CONFIGURATION, configuration("""
				@Bean
				org.springframework.boot.ApplicationRunner late() {
					return (arguments) -> {
						throw new java.io.IOException("the list of tenants is away");
					};
				}
				""")).autoConfiguration(CONFIGURATION).write(this.extensions.resolve("late.jar"));
		try (JavaProcess node = JavaProcess.gatewayWith(this.extensions, this.data)) {
			assertThat(node.awaitExit()).isEqualTo(1);
			assertThat(node.output())
				.contains("The extension " + jar + " could not be started: IOException: the list of tenants is away.");
		}
	}

	@Test
	void startWhenItNamesAClassItDoesNotHaveThenNamesTheExtension() {
		Path jar = new ExtensionJar().autoConfiguration("org.example.Forgotten")
			.write(this.extensions.resolve("forgotten.jar"));
		refuses("The extension " + jar + " could not be started: ", "org/example/Forgotten.class");
	}

	@Test
	void startWhenALibraryOfItIsMissingThenNamesTheExtensionAndTheClass() {
		Path jar = new ExtensionJar()
			.source("org.example.Library", "package org.example; public class Library { public void use() { } }")
			.source(CONFIGURATION, configuration("""
					@Bean
					Object tenants() {
						new Library().use();
						return new Object();
					}
					"""))
			.autoConfiguration(CONFIGURATION)
			.without("Library")
			.write(this.extensions.resolve("lacking.jar"));
		refuses("The extension " + jar + " could not be started: the class org.example.Library is missing.");
	}

	@Test
	void startWhenTwoOfItsMethodsHaveOneDestinationThenNamesTheExtensionAndBoth() {
		Path jar = new ExtensionJar().source(CONFIGURATION, configuration("""
				@org.springframework.stereotype.Controller
				static class Twice {

					@org.springframework.messaging.handler.annotation.MessageMapping("/twice")
					void once() {
					}

					@org.springframework.messaging.handler.annotation.MessageMapping("/twice")
					void again() {
					}

				}

				@Bean
				Twice twice() {
					return new Twice();
				}
				""")).autoConfiguration(CONFIGURATION).write(this.extensions.resolve("twice.jar"));
		refuses("The extension " + jar + " could not be started: ", "once of " + CONFIGURATION + "$Twice",
				"again of " + CONFIGURATION + "$Twice", "are both mapped to /twice.");
	}

	@Test
	void startWhenItIsNoJarThenNamesTheExtension() throws IOException {
		Path jar = Files.writeString(this.extensions.resolve("torn.jar"), "half a download");
		refuses("The extension " + jar + " is no jar");
	}

	@Test
	void startWhenItHasAClassOfTheGatewayThenNamesBoth() {
		Path jar = new ExtensionJar()
			.source("dev.usher.access.AccessRules", "package dev.usher.access; public class AccessRules { }")
			.write(this.extensions.resolve("shadow.jar"));
		refuses("The extension " + jar + " has the class dev.usher.access.AccessRules, which the gateway has too");
	}

	@Test
	void startWhenTheFolderIsNotThereThenSaysSo() {
		this.extensions = this.folder.resolve("extentions");
		refuses("The folder " + this.extensions + " of loader.path is not there, so no extension would be loaded.");
	}

	private void refuses(String... sentences) {
		try (JavaProcess node = JavaProcess.gatewayWith(this.extensions, this.data)) {
			assertThat(node.awaitExit()).isEqualTo(1);
			assertThat(node.output()).contains(sentences)
				.doesNotContain("Usher is up")
				.doesNotContainPattern("(?m)^\\s+at ");
		}
	}

}
