package dev.usher.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Makes a jar of somebody else's code: from source files in a folder, as Maven lays them
 * out, or from the text of classes. Compiled against the class path of the tests.
 */
public final class ExtensionJar {

	private static final String IMPORTS = "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

	private final Map<String, String> sources = new HashMap<>();

	private final Map<String, byte[]> resources = new HashMap<>();

	private Predicate<String> left = (name) -> false;

	/** Takes a Maven project: {@code src/main/java} and {@code src/main/resources}. */
	public ExtensionJar project(Path project) {
		files(project.resolve("src/main/java")).forEach((name, file) -> this.sources.put(name, read(file)));
		files(project.resolve("src/main/resources"))
			.forEach((name, file) -> this.resources.put(name, read(file).getBytes()));
		return this;
	}

	/** Adds a class, such as {@code org.example.Tenant}. */
	public ExtensionJar source(String name, String text) {
		this.sources.put(name.replace('.', '/') + ".java", text);
		return this;
	}

	public ExtensionJar resource(String name, String text) {
		this.resources.put(name, text.getBytes());
		return this;
	}

	/** Says which auto-configurations it has. */
	public ExtensionJar autoConfiguration(String... names) {
		return resource(IMPORTS, String.join("\n", names) + "\n");
	}

	/** Leaves classes out of the jar, as somebody does who forgets a library. */
	public ExtensionJar without(String simpleName) {
		this.left = (name) -> name.endsWith("/" + simpleName + ".class");
		return this;
	}

	/** Compiles and writes it; returns the jar. */
	public Path write(Path jar) {
		try {
			Path work = Files.createTempDirectory("usher-extension");
			Path classes = Files.createDirectory(work.resolve("classes"));
			if (!this.sources.isEmpty()) {
				compile(work, classes);
			}
			try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file)) {
				for (Map.Entry<String, Path> entry : files(classes).entrySet()) {
					if (!this.left.test(entry.getKey())) {
						add(out, entry.getKey(), Files.readAllBytes(entry.getValue()));
					}
				}
				for (Map.Entry<String, byte[]> entry : this.resources.entrySet()) {
					add(out, entry.getKey(), entry.getValue());
				}
			}
			return jar;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void compile(Path work, Path classes) throws IOException {
		List<Path> files = new ArrayList<>();
		for (Map.Entry<String, String> source : this.sources.entrySet()) {
			Path file = work.resolve("src").resolve(source.getKey());
			Files.createDirectories(file.getParent());
			files.add(Files.writeString(file, source.getValue()));
		}
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter said = new StringWriter();
		try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			boolean compiled = compiler
				.getTask(said, manager, null, List.of("-d", classes.toString(), "-parameters", "-proc:none",
						"--release", "17", "-cp", classPath()), null, manager.getJavaFileObjectsFromPaths(files))
				.call();
			if (!compiled) {
				throw new AssertionError(said);
			}
		}
	}

	/** The class path of the tests. */
	public static String classPath() {
		return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
	}

	private static void add(JarOutputStream out, String name, byte[] bytes) throws IOException {
		out.putNextEntry(new JarEntry(name));
		out.write(bytes);
		out.closeEntry();
	}

	private static Map<String, Path> files(Path folder) {
		Map<String, Path> files = new HashMap<>();
		try (Stream<Path> all = Files.walk(folder)) {
			all.filter(Files::isRegularFile)
				.forEach((file) -> files.put(folder.relativize(file).toString().replace('\\', '/'), file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return files;
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
