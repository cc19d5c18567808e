package dev.usher.start;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import dev.usher.testing.ExtensionJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GatewayClassLoaderTests {

	@TempDir
	private Path folder;

	@Test
	void classWhenInTheLastOfManyPlacesThenIsLoadedWithItsPackage() throws Exception {
		try (GatewayClassLoader loader = loader(jar("a", "org.example.one.A"), jar("b", "org.example.two.B"))) {
			Class<?> found = loader.loadClass("org.example.two.B");
			assertThat(found.getClassLoader()).isSameAs(loader);
			assertThat(found.getPackage().getName()).isEqualTo("org.example.two");
			assertThat(found.getProtectionDomain().getCodeSource().getLocation().toString()).contains("b.jar");
			assertThat(loader.loadClass("org.example.one.A").getClassLoader()).isSameAs(loader);
		}
	}

	/** As the launcher names the jars of a folder. */
	@Test
	void classWhenInAJarThatIsNamedByItsFileThenIsLoaded() throws Exception {
		Path jar = new ExtensionJar().source("org.example.A", "package org.example; public class A { }")
			.resource("a.txt", "a")
			.write(this.folder.resolve("a.jar"));
		URL[] urls = { jar.toUri().toURL() };
		try (GatewayClassLoader loader = new GatewayClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
			assertThat(loader.loadClass("org.example.A").getClassLoader()).isSameAs(loader);
			assertThat(text(loader.getResource("a.txt").openStream())).isEqualTo("a");
		}
	}

	@Test
	void classWhenInTwoPlacesThenIsThatOfTheFirstWhateverWasLoadedBefore() throws Exception {
		Path first = jar("first", "org.example.Both");
		Path second = jar("second", "org.example.Both", "org.example.Other");
		try (GatewayClassLoader loader = loader(first, second)) {
			loader.loadClass("org.example.Other");
			Class<?> both = loader.loadClass("org.example.Both");
			assertThat(both.getProtectionDomain().getCodeSource().getLocation().toString()).contains("first.jar");
		}
	}

	@Test
	void classWhenNowhereThenIsNotFound() throws Exception {
		try (GatewayClassLoader loader = loader(jar("a", "org.example.one.A"))) {
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass("org.example.one.C"));
			assertThat(loader.getResource("org/example/one/C.class")).isNull();
			assertThat(loader.getResourceAsStream("org/example/one/C.class")).isNull();
		}
	}

	@Test
	void classWhenOfTheParentThenIsTheParents() throws Exception {
		try (GatewayClassLoader loader = loader(jar("a", "org.example.one.A"))) {
			assertThat(loader.loadClass("java.util.List")).isSameAs(List.class);
			assertThat(loader.getResourceAsStream("java/util/List.class")).isNotNull();
		}
	}

	@Test
	void resourceWhenInManyPlacesThenAllAreFoundInTheirOrder() throws Exception {
		Path one = new ExtensionJar().resource("both.txt", "one").write(this.folder.resolve("one.jar"));
		Path two = new ExtensionJar().resource("both.txt", "two").write(this.folder.resolve("two.jar"));
		Path three = Files.createDirectory(this.folder.resolve("three"));
		Files.writeString(three.resolve("both.txt"), "three");
		try (GatewayClassLoader loader = loader(one, two, three)) {
			List<String> texts = new ArrayList<>();
			for (URL url : Collections.list(loader.getResources("both.txt"))) {
				texts.add(text(url.openStream()));
			}
			assertThat(texts).containsExactly("one", "two", "three");
			assertThat(text(loader.getResourceAsStream("both.txt"))).isEqualTo("one");
		}
	}

	@Test
	void resourceWhenItsNameIsOddThenItsUrlOpensIt() throws Exception {
		List<String> names = List.of("a b.txt", "a%20b.txt", "a#b.txt", "x/y:z.txt", "\u00e4.txt");
		ExtensionJar odd = new ExtensionJar();
		names.forEach((name) -> odd.resource(name, name));
		try (GatewayClassLoader loader = loader(odd.write(this.folder.resolve("odd.jar")))) {
			for (String name : names) {
				URL url = loader.getResource(name);
				assertThat(url).as(name).isNotNull();
				assertThat(text(url.openStream())).isEqualTo(name);
			}
		}
	}

	@Test
	void placeWhenItCannotBeReadThenIsEmpty() throws Exception {
		Path torn = Files.writeString(this.folder.resolve("torn.jar"), "half a download");
		try (GatewayClassLoader loader = loader(torn, this.folder.resolve("gone.jar"), jar("a", "org.example.one.A"))) {
			assertThat(loader.loadClass("org.example.one.A").getClassLoader()).isSameAs(loader);
		}
	}

	private Path jar(String name, String... classes) {
		ExtensionJar jar = new ExtensionJar();
		for (String each : classes) {
			int dot = each.lastIndexOf('.');
			jar.source(each,
					"package " + each.substring(0, dot) + "; public class " + each.substring(dot + 1) + " { }");
		}
		return jar.write(this.folder.resolve(name + ".jar"));
	}

	private static GatewayClassLoader loader(Path... places) throws IOException {
		URL[] urls = new URL[places.length];
		for (int i = 0; i < places.length; i++) {
			String url = places[i].toUri().toString();
			urls[i] = new URL(Files.isDirectory(places[i]) ? url : "jar:" + url + "!/");
		}
		return new GatewayClassLoader(urls, ClassLoader.getPlatformClassLoader());
	}

	private static String text(InputStream stream) throws IOException {
		try (stream) {
			return new String(stream.readAllBytes());
		}
	}

}
