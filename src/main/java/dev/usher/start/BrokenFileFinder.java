package dev.usher.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;

import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Finds the file that is no YAML, once a start has failed for one: Spring Boot does not
 * say which it was reading. Looks where Spring Boot does, for the one that fails at the
 * same place.
 */
class BrokenFileFinder implements SpringApplicationRunListener, Ordered {

	private static final String USUAL = "file:./,file:./config/,file:./config/*/";

	private @Nullable Environment environment;

	/** Before the configuration is read. */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void environmentPrepared(ConfigurableBootstrapContext bootstrap, ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	@Override
	public void failed(@Nullable ConfigurableApplicationContext context, Throwable failure) {
		for (Throwable each = failure; each != null; each = each.getCause()) {
			if (each instanceof MarkedYAMLException broken && this.environment != null) {
				files(this.environment).stream()
					.filter((file) -> failsAlike(file, broken))
					.findFirst()
					.ifPresent((file) -> broken.addSuppressed(new Found(file)));
			}
		}
	}

	/** The file, null where it is none that is looked for, such as an import. */
	static @Nullable String found(MarkedYAMLException broken) {
		for (Throwable each : broken.getSuppressed()) {
			if (each instanceof Found found) {
				return found.getMessage();
			}
		}
		return null;
	}

	private static List<Path> files(Environment environment) {
		List<Path> files = new ArrayList<>();
		String places = environment.getProperty("spring.config.location", USUAL) + ","
				+ environment.getProperty("spring.config.additional-location", "");
		String[] names = environment.getProperty("spring.config.name", "application").split(",");
		for (String place : places.split("[,;]")) {
			String location = place.strip().replaceFirst("^optional:", "");
			if (location.endsWith("/")) {
				Stream.of(names).forEach((name) -> files.addAll(matching(location + name.strip() + "*.y*ml")));
			}
			else {
				files.addAll(matching(location));
			}
		}
		return files;
	}

	private static List<Path> matching(String location) {
		List<Path> files = new ArrayList<>();
		if (location.isEmpty() || location.startsWith("classpath:")) {
			return files;
		}
		String pattern = location.startsWith("file:") ? location : "file:" + location;
		try {
			Stream.of(new PathMatchingResourcePatternResolver().getResources(pattern)).forEach((resource) -> {
				try {
					files.add(resource.getFile().toPath());
				}
				catch (IOException ex) {
					// It is no file, so it is not the one.
				}
			});
		}
		catch (IOException ex) {
			// It is not there, so it is not the one.
		}
		return files;
	}

	private static boolean failsAlike(Path file, MarkedYAMLException broken) {
		try {
			if (Files.isRegularFile(file)) {
				new YamlPropertySourceLoader().load("tried", new FileSystemResource(file));
			}
			return false;
		}
		catch (MarkedYAMLException ex) {
			return ex.getMessage().equals(broken.getMessage());
		}
		catch (IOException | RuntimeException ex) {
			return false;
		}
	}

	/** Carries the name of a file to {@link YamlFailureAnalyzer}. */
	private static final class Found extends RuntimeException {

		private Found(Path file) {
			super(file.toString(), null, false, false);
		}

	}

}
