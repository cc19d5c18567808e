package dev.usher.start;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.usher.testing.BootProperties;
import dev.usher.testing.Page;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever of configuration stands on a page: each property exists, and what is to be
 * pasted would be taken.
 */
class DocumentedPropertiesTests {

	/** In backquotes, alone or with its value. */
	private static final Pattern MENTIONED = Pattern
		.compile("`(usher\\.[a-z][a-z.\\-\\[\\]n0-9]*)(\\.?\\*)?(?:=[^`]*)?`");

	private static final Pattern ARGUMENT = Pattern
		.compile("--((?:usher|spring|server|management|logging)\\.[^=\\s]+)=");

	private static final Pattern VARIABLE = Pattern.compile("\\b(USHER_[A-Z0-9_]+)=");

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Z_]+)}");

	/**
	 * What has the form of a property and is none: a logger, an attribute of a session.
	 */
	private static final Set<String> OTHERS = Set.of("usher.audit", "usher.session-id", "usher.jar", "usher.service",
			"usher.json", "usher.yaml", "usher.js", "usher.test.java-home", "usher.mv.db");

	/** They tell of what was as well. */
	private static final Set<String> HISTORY = Set.of("decisions.md", "changes.md", "benchmarks.md");

	private static final Map<Class<?>, String> records = records();

	private static final List<KnownProperties> known = records.entrySet()
		.stream()
		.map((record) -> KnownProperties.of(record.getValue(), record.getKey()))
		.toList();

	private static final BootProperties boot = BootProperties.ofClassPath();

	private static Map<Class<?>, String> records() {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
		scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
		Map<Class<?>, String> found = new LinkedHashMap<>();
		scanner.findCandidateComponents("dev.usher").forEach((bean) -> {
			Class<?> type = ClassUtils.resolveClassName(String.valueOf(bean.getBeanClassName()), null);
			if (type.isRecord()) {
				found.put(type, type.getAnnotation(ConfigurationProperties.class).value());
			}
		});
		return found;
	}

	static List<Page> pages() {
		return Page.all();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void propertiesWhenMentionedThenExist(Page page) {
		Set<String> unknown = new TreeSet<>();
		Matcher mentioned = MENTIONED.matcher(page.text());
		while (mentioned.find() && !HISTORY.contains(page.path().getFileName().toString())) {
			String name = mentioned.group(1).replace("[n]", "[0]").replaceFirst("\\.$", "");
			if (!OTHERS.contains(name) && !isKnown(name) && !isGroup(name) && !isMap(name)) {
				unknown.add(name);
			}
		}
		for (Page.Block block : page.blocks()) {
			Matcher argument = ARGUMENT.matcher(block.code());
			while (argument.find()) {
				check(argument.group(1), unknown);
			}
			Matcher variable = VARIABLE.matcher(block.code());
			while (variable.find()) {
				checkVariable(variable.group(1), unknown);
			}
		}
		assertThat(unknown).isEmpty();
	}

	static Stream<Page> pagesWithYaml() {
		return Page.all().stream().filter((page) -> !page.blocks("yaml").isEmpty());
	}

	@ParameterizedTest
	@MethodSource("pagesWithYaml")
	void examplesWhenPastedThenAreTaken(Page page) throws IOException {
		Set<String> unknown = new TreeSet<>();
		for (Page.Block block : page.blocks("yaml")) {
			if (block.code().contains("apiVersion:")) {
				checkManifests(block.code(), unknown);
			}
			else {
				checkConfiguration(block.code(), unknown);
			}
		}
		assertThat(unknown).isEmpty();
	}

	private static void checkConfiguration(String yaml, Set<String> unknown) throws IOException {
		StandardEnvironment environment = new StandardEnvironment();
		MutablePropertySources sources = environment.getPropertySources();
		for (PropertySource<?> source : new YamlPropertySourceLoader().load("page",
				new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))) {
			sources.addFirst(source);
			for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
				check(name, unknown);
			}
		}
		Map<String, Object> secrets = new LinkedHashMap<>();
		// 32 bytes, in base64 and as text.
		PLACEHOLDER.matcher(yaml)
			.results()
			.forEach((each) -> secrets.put(each.group(1), "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="));
		sources.addLast(new MapPropertySource("secrets", secrets));
		// The records check what they are given.
		records.forEach((type, prefix) -> Binder.get(environment).bindOrCreate(prefix, type));
	}

	/** Their variables, and the configuration that is in them. */
	private static void checkManifests(String yaml, Set<String> unknown) throws IOException {
		for (Object manifest : new Yaml().loadAll(yaml)) {
			List<Map<?, ?>> all = new ArrayList<>();
			addMaps(manifest, all);
			for (Map<?, ?> map : all) {
				if (map.get("name") instanceof String name && name.startsWith("USHER_")) {
					checkVariable(name, unknown);
				}
				if (map.get("application.yaml") instanceof String configuration) {
					checkConfiguration(configuration, unknown);
				}
			}
		}
	}

	private static void addMaps(Object node, List<Map<?, ?>> all) {
		if (node instanceof Map<?, ?> map) {
			all.add(map);
			map.values().forEach((value) -> addMaps(value, all));
		}
		else if (node instanceof List<?> list) {
			list.forEach((value) -> addMaps(value, all));
		}
	}

	private static void check(String name, Set<String> unknown) {
		if (name.startsWith("usher.") ? !isKnown(name) : !boot.contains(name)) {
			unknown.add(name);
		}
	}

	private static void checkVariable(String variable, Set<String> unknown) {
		String name = variable.toLowerCase(Locale.ROOT).replace('_', '.');
		if (known.stream().noneMatch((each) -> each.containsVariable(name))) {
			unknown.add(variable);
		}
	}

	private static boolean isKnown(String name) {
		return known.stream().anyMatch((each) -> each.contains(name));
	}

	/** Its name alone binds nothing, a key behind it does. */
	private static boolean isMap(String name) {
		return isKnown(name + ".key");
	}

	/** Such as {@code usher.cluster} or {@code usher.access[n]}. */
	private static boolean isGroup(String name) {
		String group = name.replaceFirst("\\[0]$", "");
		return boot.hasGroup(group);
	}

}
