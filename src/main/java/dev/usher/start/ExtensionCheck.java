package dev.usher.start;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;

import dev.usher.start.Extensions.Extension;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;

/**
 * Stops the start for what {@code loader.path} would do in silence: a folder that is not
 * there loads nothing, and a class that the gateway has too takes the place of the
 * gateway's, because extensions come first on the class path.
 */
class ExtensionCheck implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		checkPath(setting("loader.path", "LOADER_PATH"), setting("loader.home", "LOADER_HOME"));
		ClassLoader loader = Objects.requireNonNull(context.getClassLoader());
		for (Extension extension : Extensions.of(loader).all()) {
			extension.samples().forEach((file) -> checkAlone(extension, file, loader));
		}
	}

	private static @Nullable String setting(String property, String variable) {
		return System.getProperty(property, System.getenv(variable));
	}

	static void checkPath(@Nullable String paths, @Nullable String home) {
		for (String path : (paths != null) ? paths.split(",") : new String[0]) {
			Path place = Path.of((home != null) ? home : "").resolve(path.strip());
			// With a colon it is a URL or lies in a jar, which the launcher looks for.
			if (!path.isBlank() && !path.contains(":") && !path.contains("!") && !Files.exists(place)) {
				throw new ExtensionException(
						"The folder " + place.toAbsolutePath().normalize()
								+ " of loader.path is not there, so no extension would be loaded.",
						"Correct loader.path, or make the folder.");
			}
		}
	}

	private static void checkAlone(Extension extension, String file, ClassLoader loader) {
		try {
			for (URL place : Collections.list(loader.getResources(file))) {
				if (place.getProtocol().equals("jar") && place.getPath().startsWith("nested:")) {
					throw new ExtensionException(
							"The extension " + extension.path() + " has the class "
									+ file.replace(".class", "").replace('/', '.')
									+ ", which the gateway has too and which would be used in its place.",
							"Build the extension without what the gateway brings (Maven's scope provided), "
									+ "and leave such jars out of the folder.");
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
