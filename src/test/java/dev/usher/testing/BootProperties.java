package dev.usher.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The properties that the libraries of the class path say they read. */
public final class BootProperties {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	/** By name, without dashes, its type. */
	private final Map<String, String> types = new TreeMap<>();

	private BootProperties() {
	}

	public static BootProperties ofClassPath() {
		BootProperties properties = new BootProperties();
		try {
			Enumeration<URL> all = BootProperties.class.getClassLoader().getResources(METADATA);
			while (all.hasMoreElements()) {
				try (InputStream in = all.nextElement().openStream()) {
					for (JsonNode property : new JsonMapper().readTree(in).path("properties")) {
						properties.types.put(uniform(property.path("name").asString()),
								property.path("type").asString(""));
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return properties;
	}

	/**
	 * Whether one of them reads a property, by itself or as an entry of a map or list.
	 */
	public boolean contains(String name) {
		String whole = uniform(name);
		return this.types.containsKey(whole.replaceAll("\\[\\d+]", "")) || this.types.entrySet()
			.stream()
			.anyMatch((each) -> each.getValue().startsWith("java.util.Map") && whole.startsWith(each.getKey() + "."));
	}

	/** Whether there are properties in a group of this name. */
	public boolean hasGroup(String name) {
		String group = uniform(name);
		return this.types.keySet().stream().anyMatch((each) -> each.equals(group) || each.startsWith(group + "."));
	}

	private static String uniform(String name) {
		return name.replace("-", "").toLowerCase(Locale.ROOT);
	}

}
