package dev.usher.start;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.security.CodeSigner;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Manifest;

import org.jspecify.annotations.Nullable;

/**
 * Loads what Spring Boot's loader of nested jars would load, from the same places. That
 * one makes a URL and a connection for each class and each of a hundred jars that come
 * before the one that has it, a fifth of what a start costs. This one looks into the
 * tables of the jars, and first into that of the jar that had the last class of the same
 * package.
 * <p>
 * Extensions come first, in their order. No class is in two of the jars that the gateway
 * brings, so their order says nothing of classes; resources keep it.
 */
final class GatewayClassLoader extends URLClassLoader {

	static {
		registerAsParallelCapable();
	}

	private static final String CLASS = ".class";

	/** What {@code loader.path} names. */
	private final List<ClassPlace> extensions = new ArrayList<>();

	/** What the gateway brings. */
	private final List<ClassPlace> nested = new ArrayList<>();

	/** Where the last class of a package was, by the name of its folder. */
	private final Map<String, ClassPlace> byFolder = new ConcurrentHashMap<>();

	/**
	 * Takes the place of another loader.
	 * @param urls its places
	 * @param parent its parent
	 */
	GatewayClassLoader(URL[] urls, @Nullable ClassLoader parent) {
		super("usher", urls, parent);
		for (URL url : urls) {
			(url.toString().startsWith("jar:nested:") ? this.nested : this.extensions).add(ClassPlace.of(url));
		}
	}

	@Override
	protected Class<?> findClass(String name) throws ClassNotFoundException {
		String file = name.replace('.', '/') + CLASS;
		try {
			ClassPlace place = placeOf(file);
			byte[] bytes = (place != null) ? place.read(file) : null;
			if (place == null || bytes == null) {
				throw new ClassNotFoundException(name);
			}
			definePackageOf(name, place);
			return defineClass(name, bytes, 0, bytes.length, new CodeSource(place.url(), (CodeSigner[]) null));
		}
		catch (IOException ex) {
			throw new ClassNotFoundException(name, ex);
		}
	}

	private @Nullable ClassPlace placeOf(String file) {
		for (ClassPlace place : this.extensions) {
			if (place.has(file)) {
				return place;
			}
		}
		String folder = file.substring(0, file.lastIndexOf('/') + 1);
		ClassPlace last = this.byFolder.get(folder);
		if (last != null && last.has(file)) {
			return last;
		}
		for (ClassPlace place : this.nested) {
			if (place != last && place.has(file)) {
				this.byFolder.put(folder, place);
				return place;
			}
		}
		return null;
	}

	private void definePackageOf(String className, ClassPlace place) throws IOException {
		int dot = className.lastIndexOf('.');
		if (dot < 0 || getDefinedPackage(className.substring(0, dot)) != null) {
			return;
		}
		String name = className.substring(0, dot);
		Manifest manifest = place.manifest();
		try {
			if (manifest != null) {
				definePackage(name, manifest, place.url());
			}
			else {
				definePackage(name, null, null, null, null, null, null, null);
			}
		}
		catch (IllegalArgumentException ex) {
			// Another thread was first.
		}
	}

	@Override
	public @Nullable URL findResource(String name) {
		for (List<ClassPlace> places : List.of(this.extensions, this.nested)) {
			for (ClassPlace place : places) {
				URL url = place.find(name);
				if (url != null) {
					return url;
				}
			}
		}
		return null;
	}

	@Override
	public Enumeration<URL> findResources(String name) {
		List<URL> found = new ArrayList<>();
		for (List<ClassPlace> places : List.of(this.extensions, this.nested)) {
			for (ClassPlace place : places) {
				URL url = place.find(name);
				if (url != null) {
					found.add(url);
				}
			}
		}
		return Collections.enumeration(found);
	}

	/** Conditions and annotations are read from the files of many classes. */
	@Override
	public @Nullable InputStream getResourceAsStream(String name) {
		if (name.endsWith(CLASS)) {
			ClassPlace place = placeOf(name);
			try {
				byte[] bytes = (place != null) ? place.read(name) : null;
				if (bytes != null) {
					return new ByteArrayInputStream(bytes);
				}
			}
			catch (IOException ex) {
				return null;
			}
		}
		return super.getResourceAsStream(name);
	}

	@Override
	public void close() throws IOException {
		super.close();
		for (List<ClassPlace> places : List.of(this.extensions, this.nested)) {
			for (ClassPlace place : places) {
				place.close();
			}
		}
	}

}
