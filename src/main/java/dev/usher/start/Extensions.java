package dev.usher.start;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

import org.jspecify.annotations.Nullable;

/**
 * The jars and folders that {@code loader.path} put on the class path of
 * {@code java -jar usher.jar}. There are none where the gateway is started in another
 * way.
 */
final class Extensions {

	private static final String CLASS = ".class";

	private static final String IMPORTS = "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

	private final List<Extension> all;

	private Extensions(List<Extension> all) {
		this.all = List.copyOf(all);
	}

	/**
	 * Reads the names of what they hold.
	 * @throws ExtensionException for one that cannot be read
	 */
	static Extensions of(@Nullable ClassLoader loader) {
		List<Extension> found = new ArrayList<>();
		// By its name: the loader was made by a class of this name that another one
		// loaded.
		if (loader instanceof URLClassLoader urls
				&& urls.getClass().getName().equals(GatewayClassLoader.class.getName())) {
			for (URL url : urls.getURLs()) {
				path(url).ifPresent((path) -> found.add(read(path)));
			}
		}
		return new Extensions(found);
	}

	/** What is nested in the gateway's own jar is no extension. */
	private static Optional<Path> path(URL url) {
		String location = url.toString();
		if (location.startsWith("jar:file:")) {
			location = location.substring("jar:".length(), location.lastIndexOf("!/"));
		}
		if (!location.startsWith("file:")) {
			return Optional.empty();
		}
		try {
			return Optional.of(Path.of(new URI(location))).filter(Files::exists);
		}
		catch (URISyntaxException ex) {
			throw new ExtensionException("The extension " + location + " has no name that can be read.",
					"Give it another name.", ex);
		}
	}

	private static Extension read(Path path) {
		try {
			return Files.isDirectory(path) ? inFolder(path) : inJar(path);
		}
		catch (ZipException ex) {
			throw new ExtensionException("The extension " + path + " is no jar: " + ex.getMessage() + ".",
					"Copy it again.", ex);
		}
		catch (IOException ex) {
			throw new ExtensionException("The extension " + path + " cannot be read: " + ex.getMessage() + ".",
					"Let the user that runs the gateway read it.", ex);
		}
	}

	private static Extension inFolder(Path folder) throws IOException {
		Path imports = folder.resolve(IMPORTS);
		String announced = Files.isRegularFile(imports) ? Files.readString(imports) : "";
		try (Stream<Path> files = Files.walk(folder)) {
			return new Extension(folder,
					classes(files.map((file) -> folder.relativize(file).toString().replace('\\', '/'))), announced);
		}
	}

	private static Extension inJar(Path jar) throws IOException {
		try (ZipFile zip = new ZipFile(jar.toFile())) {
			ZipEntry imports = zip.getEntry(IMPORTS);
			String announced = (imports != null)
					? new String(zip.getInputStream(imports).readAllBytes(), StandardCharsets.UTF_8) : "";
			return new Extension(jar, classes(zip.stream().map(ZipEntry::getName)), announced);
		}
	}

	private static Set<String> classes(Stream<String> files) {
		return files.filter(
				(name) -> name.endsWith(CLASS) && !name.startsWith("META-INF/") && !name.endsWith("module-info.class"))
			.collect(Collectors.toUnmodifiableSet());
	}

	/** In the order of the class path. */
	List<Extension> all() {
		return this.all;
	}

	/** The names of all that have classes, as they are shown. */
	List<String> names() {
		return this.all.stream().filter((each) -> !each.files().isEmpty()).map(Extension::name).toList();
	}

	/** Which of them has a class. */
	Optional<Extension> holding(String className) {
		String file = className.replace('.', '/') + CLASS;
		return this.all.stream().filter((each) -> each.files().contains(file)).findFirst();
	}

	/** Which of them says that it has an auto-configuration of this name. */
	Optional<Extension> announcing(String className) {
		return this.all.stream().filter((each) -> each.announced().lines().anyMatch(className::equals)).findFirst();
	}

	/**
	 * One jar or folder.
	 *
	 * @param path where it is
	 * @param files the files of its classes, such as {@code a/b/C.class}
	 * @param announced its list of auto-configurations, as it is written
	 */
	record Extension(Path path, Set<String> files, String announced) {

		String name() {
			return String.valueOf(this.path.getFileName());
		}

		/** One class of each package. */
		Stream<String> samples() {
			return this.files.stream()
				.collect(Collectors.toMap((file) -> file.substring(0, file.lastIndexOf('/') + 1), (file) -> file,
						(first, second) -> (first.compareTo(second) < 0) ? first : second))
				.values()
				.stream()
				.sorted();
		}

	}

}
