package dev.usher.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.jar.JarFile;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A jar of an earlier version, on which an attack is seen to succeed. It would refuse to
 * start with a property it does not know, so such arguments are left out for it.
 */
final class EarlierJar {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	private final List<String> properties;

	private EarlierJar(List<String> properties) {
		this.properties = properties;
	}

	static EarlierJar of(String path) {
		try (JarFile jar = new JarFile(path); InputStream in = jar.getInputStream(jar.getEntry(METADATA))) {
			return new EarlierJar(new JsonMapper().readTree(in)
				.path("properties")
				.findValues("name")
				.stream()
				.map(JsonNode::asString)
				.toList());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The arguments of the command line without those it would not start with. */
	List<String> knownOf(List<String> arguments) {
		return arguments.stream().filter((each) -> !each.startsWith("--usher.") || knows(each)).toList();
	}

	private boolean knows(String argument) {
		String name = argument.substring(2).split("[\\[=]", 2)[0];
		return this.properties.stream().anyMatch((each) -> each.equals(name));
	}

}
