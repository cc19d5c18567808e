package dev.usher.client.java;

import java.io.IOException;
import java.util.List;
import java.util.jar.JarFile;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The artifact with the classifier {@code client}. That it needs no other is shown where
 * the demo runs, with the example.
 */
class ClientJarIT {

	private static final String JAR = "target/usher-client.jar";

	@Test
	void jarWhenBuiltThenHasTheClientAndNothingElse() throws IOException {
		try (JarFile jar = new JarFile(JAR)) {
			List<String> files = jar.stream().filter((entry) -> !entry.isDirectory()).map(Object::toString).toList();
			assertThat(files).contains("META-INF/MANIFEST.MF", "dev/usher/client/java/UsherClient.class")
				.doesNotContain("dev/usher/client/java/package-info.class")
				.filteredOn((file) -> !file.equals("META-INF/MANIFEST.MF"))
				.allMatch((file) -> file.matches("dev/usher/client/java/\\w+(\\$\\w+)?\\.class"));
			assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
				.isEqualTo("dev.usher.client.java");
		}
	}

}
