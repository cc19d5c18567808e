package dev.usher;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.usher.protocol.ProofFault;
import dev.usher.protocol.Reason;
import dev.usher.protocol.Reason.Retry;
import dev.usher.protocol.TokenFault;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds the tables of the documents against the code. */
class DocumentsTests {

	private static final Pattern PROPERTY = Pattern
		.compile("(?m)^\\| `(usher\\.[a-z.\\-\\[\\]]+)` \\| (?:`([^`]*)`)? ?\\| \\S.* \\|$");

	private static final Pattern ENDING = Pattern
		.compile("(?m)^\\| `([a-z_]+)` \\| (4\\d{3}) \\| ([a-z]+) \\| \\S.* \\|$");

	private static final Pattern ERROR = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (\\d{3}) \\| \\S.* \\|$");

	private static final Pattern ADVICE = Pattern
		.compile("(?m)^\\| `([a-z_]+)` \\| (?:(\\d{3,4}) \\| )?\\S.* \\| \\S.* \\|$");

	private static final String TROUBLESHOOTING = "src/docs/troubleshooting.md";

	private static final Pattern LIST_OF_OURS = Pattern.compile("java\\.util\\.List<(dev\\.usher\\..+)>");

	@Test
	void configurationTableWhenComparedThenHasEveryPropertyWithItsDefault() throws Exception {
		assertThat(table("src/docs/configuration.md", PROPERTY, (row) -> (row.group(2) != null) ? row.group(2) : ""))
			.isEqualTo(properties());
	}

	@Test
	void troubleshootingWhenReadThenHasEveryCodeWithItsNumberAndEveryFault() throws IOException {
		// The words of RFC 6749 that the token endpoint answers with.
		Map<String, String> expected = new TreeMap<>(
				Map.of("invalid_client", "401", "invalid_request", "400", "invalid_scope", "400",
						"unsupported_grant_type", "400", "temporarily_unavailable", "503", "server_error", "500"));
		Stream.of(Reason.values())
			.forEach((reason) -> expected.put(reason.code(),
					Integer.toString(reason.endsConnection() ? reason.closeStatus() : reason.httpStatus())));
		Stream.of(TokenFault.values()).forEach((fault) -> expected.put(fault.word(), ""));
		Stream.of(ProofFault.values()).forEach((fault) -> expected.put(fault.word(), ""));
		assertThat(table(TROUBLESHOOTING, ADVICE, (row) -> (row.group(2) != null) ? row.group(2) : ""))
			.isEqualTo(expected);
	}

	@Test
	void linesOfTheLogWhenLookedUpThenAreThoseOfTheCode() throws IOException {
		String page = Files.readString(Path.of(TROUBLESHOOTING));
		String part = page.substring(page.indexOf("## The log warns"), page.indexOf("## A connection ended"));
		List<String> said = Pattern.compile("(?m)^\\| (`.+?`) \\|")
			.matcher(part)
			.results()
			.flatMap((row) -> Stream.of(row.group(1).split("`(?:, `)?|…")))
			.map(String::strip)
			.filter((text) -> !text.isEmpty())
			.toList();
		assertThat(said).isNotEmpty();
		String code = sources();
		assertThat(said).filteredOn((text) -> !code.contains(text)).isEmpty();
	}

	/** All of the code, its sentences in one piece. */
	private static String sources() throws IOException {
		try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
			StringBuilder code = new StringBuilder();
			for (Path file : files.filter((file) -> file.toString().endsWith(".java")).toList()) {
				code.append(Files.readString(file));
			}
			return code.toString().replaceAll("\"\\s*\\+ \"", "");
		}
	}

	@Test
	void endingsWhenComparedThenAreThoseOfTheCode() throws IOException {
		Map<String, String> expected = new TreeMap<>();
		Stream.of(Reason.values())
			.filter(Reason::endsConnection)
			.forEach((reason) -> expected.put(reason.code(),
					reason.closeStatus() + " " + reason.retry().map(Retry::word).orElse("")));
		assertThat(table("src/docs/protocol.md", ENDING, (row) -> row.group(2) + " " + row.group(3)))
			.isEqualTo(expected);
	}

	@Test
	void errorsWhenComparedThenAreThoseOfTheCode() throws IOException {
		Map<String, String> expected = new TreeMap<>();
		Stream.of(Reason.values())
			.filter((reason) -> !reason.endsConnection())
			.forEach((reason) -> expected.put(reason.code(), Integer.toString(reason.httpStatus())));
		assertThat(table("src/docs/protocol.md", ERROR, (row) -> row.group(2))).isEqualTo(expected);
	}

	@Test
	void statusesOfEndingsWhenComparedThenAreThoseOfTheCode() throws IOException {
		String page = Files.readString(Path.of("src/docs/protocol.md"));
		String sentence = page.substring(page.indexOf("Over HTTP the same words"), page.indexOf("## Errors of HTTP"));
		Map<String, String> written = new TreeMap<>();
		Matcher status = Pattern.compile("(\\d{3}) ((?:`[a-z_]+`[,\\s]*)+)").matcher(sentence);
		while (status.find()) {
			Matcher code = Pattern.compile("`([a-z_]+)`").matcher(status.group(2));
			while (code.find()) {
				written.put(code.group(1), status.group(1));
			}
		}
		Map<String, String> expected = new TreeMap<>();
		Stream.of(Reason.values())
			.filter(Reason::endsConnection)
			.forEach((reason) -> expected.put(reason.code(), Integer.toString(reason.httpStatus())));
		assertThat(written).isEqualTo(expected);
	}

	private static Map<String, String> table(String file, Pattern row,
			java.util.function.Function<Matcher, String> value) throws IOException {
		Map<String, String> table = new TreeMap<>();
		Matcher matcher = row.matcher(Files.readString(Path.of(file)));
		while (matcher.find()) {
			assertThat(table.put(matcher.group(1), value.apply(matcher))).as(matcher.group(1) + " is there twice")
				.isNull();
		}
		return table;
	}

	/** What the configuration processor found, with lists of records spelt out. */
	private static Map<String, String> properties() throws IOException, ClassNotFoundException {
		Map<String, String> properties = new TreeMap<>();
		try (InputStream metadata = DocumentsTests.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			for (JsonNode property : JsonMapper.builder().build().readTree(metadata).path("properties")) {
				String name = property.path("name").asString();
				Matcher list = LIST_OF_OURS.matcher(property.path("type").asString());
				if (list.matches()) {
					addComponents(name + "[n].", Class.forName(list.group(1)), properties);
				}
				else {
					JsonNode value = property.path("defaultValue");
					properties.put(name, value.isMissingNode() ? "" : value.asString());
				}
			}
		}
		return properties;
	}

	private static void addComponents(String prefix, Class<?> type, Map<String, String> properties) {
		Constructor<?> constructor = type.getDeclaredConstructors()[0];
		RecordComponent[] components = type.getRecordComponents();
		for (int i = 0; i < components.length; i++) {
			Parameter parameter = constructor.getParameters()[i];
			DefaultValue value = parameter.getAnnotation(DefaultValue.class);
			Name name = components[i].getAccessor().getAnnotation(Name.class);
			properties.put(prefix + ((name != null) ? name.value() : dashed(components[i].getName())),
					(value != null) ? String.join(",", value.value()) : "");
		}
	}

	private static String dashed(String name) {
		return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
	}

}
