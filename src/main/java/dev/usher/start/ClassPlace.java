package dev.usher.start;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

import org.jspecify.annotations.Nullable;

/**
 * A jar, or a folder, that classes and resources come from. One that cannot be opened is
 * empty, as it is on every class path: what stops the start for it has a sentence of its
 * own, see {@link Extensions}. Any thread may call.
 */
abstract class ClassPlace implements Closeable {

	private final URL url;

	/** What the URLs of its files begin with. */
	private final URL base;

	private ClassPlace(URL url, URL base) {
		this.url = url;
		this.base = base;
	}

	/**
	 * The place that a URL names.
	 * @param url {@code file:} of a folder, with a slash at its end, or of a jar, or
	 * {@code jar:} of a jar, nested or not
	 */
	static ClassPlace of(URL url) {
		if (!url.getProtocol().equals("file")) {
			return new Jar(url, url);
		}
		try {
			return url.getPath().endsWith("/") ? new Folder(url) : new Jar(url, new URL("jar:" + url + "!/"));
		}
		catch (MalformedURLException ex) {
			throw new IllegalArgumentException("No place for classes: " + url, ex);
		}
	}

	/** What it is called where its classes say where they come from. */
	URL url() {
		return this.url;
	}

	URL base() {
		return this.base;
	}

	/** Whether there is a file of this name. */
	abstract boolean has(String name);

	/** All of a file, null where there is none. */
	abstract byte @Nullable [] read(String name) throws IOException;

	abstract @Nullable Manifest manifest() throws IOException;

	/** Where a file, or a folder, is; null where there is none. */
	@Nullable URL find(String name) {
		try {
			return has(name) ? locate(name) : null;
		}
		catch (MalformedURLException ex) {
			return null;
		}
	}

	private URL locate(String name) throws MalformedURLException {
		try {
			// With a slash, so that a colon in it begins no scheme.
			return new URL(this.base, new URI(null, null, "/" + name, null).getRawPath().substring(1));
		}
		catch (URISyntaxException ex) {
			throw new MalformedURLException(ex.getMessage());
		}
	}

	@Override
	public void close() throws IOException {
	}

	private static final class Folder extends ClassPlace {

		private final Path path;

		private Folder(URL url) {
			super(url, url);
			this.path = Path.of(URI.create(url.toString()));
		}

		@Override
		boolean has(String name) {
			return Files.exists(this.path.resolve(name));
		}

		@Override
		byte @Nullable [] read(String name) throws IOException {
			Path file = this.path.resolve(name);
			return Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
		}

		@Override
		@Nullable Manifest manifest() throws IOException {
			byte[] bytes = read(JarFile.MANIFEST_NAME);
			return (bytes != null) ? new Manifest(new ByteArrayInputStream(bytes)) : null;
		}

	}

	private static final class Jar extends ClassPlace {

		private @Nullable JarFile file;

		private boolean opened;

		private Jar(URL url, URL base) {
			super(url, base);
		}

		private synchronized @Nullable JarFile file() {
			if (!this.opened) {
				this.opened = true;
				this.file = open();
			}
			return this.file;
		}

		private @Nullable JarFile open() {
			try {
				URLConnection connection = base().openConnection();
				// Whoever opens a resource may close what it comes from.
				connection.setUseCaches(false);
				return (connection instanceof JarURLConnection jar) ? jar.getJarFile() : null;
			}
			catch (IOException ex) {
				return null;
			}
		}

		@Override
		boolean has(String name) {
			JarFile jar = file();
			return jar != null && jar.getEntry(name) != null;
		}

		@Override
		byte @Nullable [] read(String name) throws IOException {
			JarFile jar = file();
			ZipEntry entry = (jar != null) ? jar.getEntry(name) : null;
			if (jar == null || entry == null) {
				return null;
			}
			try (InputStream stream = jar.getInputStream(entry)) {
				return stream.readAllBytes();
			}
		}

		@Override
		@Nullable Manifest manifest() throws IOException {
			JarFile jar = file();
			return (jar != null) ? jar.getManifest() : null;
		}

		@Override
		public synchronized void close() throws IOException {
			if (this.file != null) {
				this.file.close();
			}
		}

	}

}
