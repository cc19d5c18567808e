package dev.usher.start;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

import dev.usher.testing.ExtensionJar;
import dev.usher.testing.JavaProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The ways to start the packaged jar, and what its class loader counts on. */
class LaunchIT {

	@TempDir
	private Path folder;

	@TempDir
	private Path data;

	@Test
	void startWhenFromTheJarThenClassesOfAllAreLoadedByOneLoader() throws IOException {
		Path extensions = Files.createDirectory(this.folder.resolve("extensions"));
		new ExtensionJar()
			.source("org.example.LoadersAutoConfiguration",
					"""
							package org.example;

							@org.springframework.boot.autoconfigure.AutoConfiguration
							public class LoadersAutoConfiguration {

								@org.springframework.context.annotation.Bean
								org.springframework.boot.ApplicationRunner loaders() {
									return (arguments) -> System.out.println("loaders: " + java.util.stream.Stream
										.of(getClass(), dev.usher.UsherApplication.class, org.springframework.boot.SpringApplication.class)
										.map((type) -> type.getClassLoader().getName()).toList()
										+ ", version of Spring " + org.springframework.core.SpringVersion.getVersion());
								}

							}
							""")
			.autoConfiguration("org.example.LoadersAutoConfiguration")
			.write(extensions.resolve("loaders.jar"));
		try (JavaProcess node = JavaProcess.gatewayWith(extensions, this.data)) {
			node.awaitPort();
			assertThat(node.awaitOutput("version of Spring")).contains("loaders: [usher, usher, usher]")
				.containsPattern("version of Spring \\d");
		}
	}

	/**
	 * As {@code src/docs/deploying.md} says: an archive of another JDK, or half of one,
	 * is passed over.
	 */
	@Test
	void startWhenUnpackedAndTheArchiveDoesNotFitThenIsUp() throws IOException {
		Path archive = Files.write(this.folder.resolve("usher.archive"), new byte[] { 1, 2, 3 });
		boolean aot = Runtime.version().feature() >= 25;
		String use = (aot ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive;
		try (JavaProcess node = JavaProcess.gateway(List.of(use, "-jar", unpack().toString()), this.data)) {
			assertThat(node.awaitPort()).isPositive();
		}
	}

	private Path unpack() {
		Path target = this.folder.resolve("unpacked");
		try (JavaProcess tool = JavaProcess.start("-Djarmode=tools", "-jar", JavaProcess.jar(), "extract",
				"--destination", target.toString())) {
			assertThat(tool.awaitExit()).isZero();
		}
		return target.resolve("usher.jar");
	}

	/** Then it makes no difference which of them is asked first. */
	@Test
	void jarWhenLookedThroughThenHasNoClassTwice() throws IOException {
		Map<String, String> places = new HashMap<>();
		List<String> twice = new ArrayList<>();
		try (ZipFile jar = new ZipFile(JavaProcess.jar())) {
			for (ZipEntry entry : jar.stream().toList()) {
				String name = entry.getName();
				if (name.startsWith("BOOT-INF/classes/")) {
					note(name.substring("BOOT-INF/classes/".length()), "BOOT-INF/classes", places, twice);
				}
				else if (name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar")) {
					try (InputStream stream = jar.getInputStream(entry);
							ZipInputStream nested = new ZipInputStream(stream)) {
						for (ZipEntry each = nested.getNextEntry(); each != null; each = nested.getNextEntry()) {
							note(each.getName(), name, places, twice);
						}
					}
				}
			}
		}
		assertThat(places).containsKey("org/springframework/boot/SpringApplication.class");
		assertThat(twice).isEmpty();
	}

	private static void note(String file, String place, Map<String, String> places, List<String> twice) {
		boolean isClass = file.endsWith(".class") && !file.startsWith("META-INF/") && !file.equals("module-info.class");
		String other = isClass ? places.putIfAbsent(file, place) : null;
		if (other != null) {
			twice.add(file + " in " + other + " and " + place);
		}
	}

}
