package dev.usher.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.springframework.util.ReflectionUtils;

/**
 * Methods in Java as a page shows them, compiled as the members of a class, so that what
 * a reader pastes is what a test runs.
 */
public final class DocumentedCode implements AutoCloseable {

	private static final String NAME = "Documented";

	private static final List<String> IMPORTS = List.of("java.util.*", "org.springframework.context.annotation.*",
			"org.springframework.security.oauth2.core.*", "org.springframework.security.oauth2.jwt.*",
			"org.springframework.security.oauth2.server.authorization.*",
			"org.springframework.security.oauth2.server.authorization.token.*",
			"org.springframework.security.oauth2.server.resource.authentication.*");

	private final URLClassLoader loader;

	private final Object instance;

	/**
	 * Compiles.
	 * @param folder for its files
	 * @param members methods without parameters
	 */
	public DocumentedCode(Path folder, String members) {
		StringBuilder source = new StringBuilder();
		IMPORTS.forEach((each) -> source.append("import ").append(each).append(";\n"));
		source.append("public class ").append(NAME).append(" {\n").append(members).append("\n}\n");
		try {
			compile(Files.writeString(folder.resolve(NAME + ".java"), source), folder);
			this.loader = new URLClassLoader(new URL[] { url(folder) }, getClass().getClassLoader());
			this.instance = this.loader.loadClass(NAME).getDeclaredConstructor().newInstance();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static URL url(Path folder) throws MalformedURLException {
		return folder.toUri().toURL();
	}

	private static void compile(Path file, Path classes) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter said = new StringWriter();
		try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			boolean compiled = compiler
				.getTask(said, manager, null,
						List.of("-d", classes.toString(), "-proc:none", "--release", "17", "-cp",
								ExtensionJar.classPath()),
						null, manager.getJavaFileObjects(file))
				.call();
			if (!compiled) {
				throw new AssertionError(said);
			}
		}
	}

	/** What a method returns. */
	public <T> T call(String method, Class<T> type) {
		try {
			var found = this.instance.getClass().getDeclaredMethod(method);
			ReflectionUtils.makeAccessible(found);
			return type.cast(found.invoke(this.instance));
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.loader.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
