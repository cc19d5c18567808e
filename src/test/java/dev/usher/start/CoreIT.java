package dev.usher.start;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import dev.usher.testing.ExtensionJar;
import dev.usher.testing.JavaProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Somebody's application that depends on the plain classes has the gateway by that. */
class CoreIT {

	private static final String APPLICATION = """
			package org.example;

			@org.springframework.boot.autoconfigure.SpringBootApplication
			public class Application {

				public static void main(String[] arguments) {
					var context = dev.usher.UsherApplication.run(Application.class, arguments);
					System.out.println("verifiers: "
						+ context.getBeanNamesForType(dev.usher.token.TokenVerifier.class).length
						+ ", metrics on " + context.getEnvironment().getProperty("management.server.address")
						+ ", name " + context.getEnvironment().getProperty("spring.application.name"));
				}

			}
			""";

	@Test
	void applicationWhenItDependsOnThePlainClassesThenHasTheGatewayOnceAndItsOwnSettings(@TempDir Path folder) {
		Path jar = new ExtensionJar().source("org.example.Application", APPLICATION)
			.resource("application.yaml", "spring.application.name: mine\n")
			.write(folder.resolve("mine.jar"));
		String libraries = Arrays.stream(ExtensionJar.classPath().split(File.pathSeparator))
			.filter((entry) -> entry.endsWith(".jar"))
			.collect(Collectors.joining(File.pathSeparator));
		String path = String.join(File.pathSeparator, jar.toString(), "target/usher-core.jar", libraries);
		try (JavaProcess mine = JavaProcess.gateway(List.of("-cp", path, "org.example.Application"),
				folder.resolve("data"))) {
			mine.awaitPort();
			assertThat(mine.awaitOutput("verifiers: ")).contains("verifiers: 1, metrics on 127.0.0.1, name mine");
		}
	}

}
