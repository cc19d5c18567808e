package dev.usher;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

/** A sentence about security is held by a test, or it is not written. */
class SecurityPageTests {

	private static final Pattern ROW = Pattern.compile("(?m)^\\| (?!attack |---)(.+?) \\| (.+?) \\| (.+) \\|$");

	private static final Pattern NAME = Pattern.compile("`(\\w+(?:Tests|IT|Attacks|Review)|Aftermath)\\.(\\w+)`");

	private static final Path TESTS = Path.of("src/test/java");

	@Test
	void linesWhenReadThenEachNamesATestThatExists() throws IOException {
		Map<String, String> classes = classes();
		Set<String> missing = new TreeSet<>();
		Matcher row = ROW.matcher(Files.readString(Path.of("src/docs/security.md")));
		int rows = 0;
		while (row.find()) {
			rows++;
			Matcher name = NAME.matcher(row.group(3));
			boolean named = false;
			while (name.find()) {
				named = true;
				if (!isTest(classes.get(name.group(1)), name.group(2))) {
					missing.add(name.group());
				}
			}
			if (!named) {
				missing.add("no test for: " + row.group(1));
			}
		}
		assertThat(missing).isEmpty();
		assertThat(rows).isGreaterThan(40);
	}

	@Test
	void attacksWhenOnTheJarThenEachStandsOnThePage() throws IOException {
		String page = Files.readString(Path.of("src/docs/security.md"));
		Set<String> missing = new TreeSet<>();
		for (Map.Entry<String, String> each : classes().entrySet()) {
			// What honest clients ran into is no attack.
			if (each.getValue().startsWith("dev.usher.attack.") && !each.getKey().endsWith("Review")) {
				testsOf(each.getValue()).map((test) -> "`" + each.getKey() + "." + test + "`")
					.filter((name) -> !page.contains(name))
					.forEach(missing::add);
			}
		}
		assertThat(missing).isEmpty();
	}

	private static Map<String, String> classes() throws IOException {
		try (Stream<Path> files = Files.walk(TESTS)) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.map((file) -> TESTS.relativize(file).toString().replace(".java", "").replace('/', '.'))
				.collect(Collectors.toMap((name) -> name.substring(name.lastIndexOf('.') + 1), Function.identity(),
						(one, other) -> one));
		}
	}

	private static boolean isTest(String className, String method) {
		return className != null && testsOf(className).anyMatch(method::equals);
	}

	private static Stream<String> testsOf(String className) {
		try {
			return Arrays.stream(Class.forName(className).getDeclaredMethods())
				.filter(SecurityPageTests::isTest)
				.map(Method::getName);
		}
		catch (ClassNotFoundException ex) {
			return Stream.empty();
		}
	}

	private static boolean isTest(Method method) {
		return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
	}

}
