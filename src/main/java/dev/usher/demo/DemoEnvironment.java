package dev.usher.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;
import org.springframework.util.FileSystemUtils;

/**
 * What the profile {@code demo} does where nobody says otherwise: it keeps its data in a
 * folder that is removed when the process ends, and listens on this machine alone. Its
 * accounts have a password that everybody knows, so neither they nor the port may be left
 * for others. Comes last, so that whatever is given anywhere wins.
 */
class DemoEnvironment implements EnvironmentPostProcessor, Ordered {

	private static final String DATA = "usher.data";

	private static final String ADDRESS = "server.address";

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (!environment.acceptsProfiles(Profiles.of("demo"))) {
			return;
		}
		Map<String, Object> defaults = new HashMap<>();
		if (!environment.containsProperty(DATA)) {
			defaults.put(DATA, throwawayFolder().toString());
		}
		if (!environment.containsProperty(ADDRESS)) {
			defaults.put(ADDRESS, "127.0.0.1");
		}
		environment.getPropertySources().addLast(new MapPropertySource("demo", defaults));
	}

	/** Removed after the application has closed the database in it. */
	private static Path throwawayFolder() {
		try {
			Path folder = Files.createTempDirectory("usher-demo");
			SpringApplication.getShutdownHandlers().add(() -> FileSystemUtils.deleteRecursively(folder.toFile()));
			return folder;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
