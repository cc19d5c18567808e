package dev.usher.attack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.usher.testing.StompClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What all the attacks together have left behind. */
class Aftermath {

	/**
	 * A session or two of the embedded database, caches that have filled; less than a
	 * tenth of what the sockets took.
	 */
	private static final long HEAP = 24 * 1024 * 1024;

	private static final int HANDLES = 16;

	private static final Pattern INNER = Pattern.compile(
			"(?i)exception|\\bat [a-z]+\\.[a-z]|dev\\.usher|org\\.|java\\.|jdk\\.|tools\\.jackson|com\\.nimbus|jetty|spring"
					+ "|hikari|\\bh2\\b|\\bsql\\b|/tmp|localhost|127\\.0\\.0\\.1|eyJ[A-Za-z0-9_-]{8}");

	private static final Pattern STACK = Pattern.compile("^\\s+at \\S+\\(|^Caused by: |^[\\w.]+(?:Exception|Error)\\b");

	private static final Pattern JWT = Pattern.compile("eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}");

	static Stream<Target> targets() {
		return Stream.of(Targets.usual(), Targets.tight());
	}

	@ParameterizedTest
	@MethodSource("targets")
	void gatewayWhenAllIsOverThenItServes(Target target) {
		assertThat(target.process().isAlive()).isTrue();
		try (StompClient client = target.connect("afterwards")) {
			client.subscribe("a", "/user/queue/after").publish("/user/afterwards/queue/after", "still here");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("still here");
		}
		assertThat(target.login("admin", Target.PASSWORD).token()).isNotEmpty();
	}

	@ParameterizedTest
	@MethodSource("targets")
	void refusalsWhenReadThenNothingInnerIsInAny(Target target) {
		assertThat(target.witness().refusals()).hasSizeGreaterThan(10)
			.noneMatch((text) -> INNER.matcher(text).find())
			.noneMatch((text) -> target.witness().secrets().stream().anyMatch(text::contains));
	}

	@ParameterizedTest
	@MethodSource("targets")
	void outputWhenReadThenItHoldsNoSecret(Target target) {
		String output = target.process().output();
		assertThat(JWT.matcher(output).results().map((match) -> match.group()).toList()).isEmpty();
		// What the gateway itself made up it showed once, before it was changed.
		String rest = output.replaceFirst("username admin, password \\S+", "");
		assertThat(target.witness().secrets()).isNotEmpty().noneMatch(rest::contains);
	}

	@ParameterizedTest
	@MethodSource("targets")
	void outputWhenReadThenNothingFailedThatAnAttackerCanCause(Target target) {
		assertThat(target.process().output().lines())
			.noneMatch((line) -> line.toUpperCase(Locale.ROOT).contains("ERROR") || STACK.matcher(line).find()
					|| line.contains("OutOfMemory"));
	}

	@ParameterizedTest
	@MethodSource("targets")
	void dataFolderWhenReadThenItHoldsNoSecret(Target target) throws IOException {
		// One of each that is in force now: what was used up may be gone already.
		String client = target
			.call("POST", "/admin/clients", target.admin(),
					Map.of("client_id", "aftermath", "scopes", List.of("publish")))
			.text("client_secret");
		String cookie = target
			.post("/auth/login", "{\"username\":\"admin\",\"password\":\"" + Target.PASSWORD + "\",\"cookie\":true}")
			.header("Set-Cookie");
		target.ticket(target.login("admin", Target.PASSWORD));
		target.witness().secret(client);
		target.witness().secret(cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';')));
		try (Stream<Path> files = Files.walk(target.data())) {
			List<String> contents = files.filter(Files::isRegularFile).map(Aftermath::read).toList();
			// It can be found what is there: names are written as they are.
			assertThat(contents).anyMatch((content) -> content.contains("admin"));
			assertThat(contents).noneMatch((content) -> JWT.matcher(content).find());
			assertThat(client).hasSizeGreaterThan(20);
			assertThat(target.witness().secrets().stream().flatMap(Aftermath::forms))
				.noneMatch((form) -> contents.stream().anyMatch((content) -> content.contains(form)));
		}
	}

	/** As it is, in halves, in two octets a character, in Base64 and in hexadecimal. */
	private static Stream<String> forms(String secret) {
		byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
		Stream<String> whole = Stream.of(secret,
				new String(secret.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.ISO_8859_1),
				Base64.getEncoder().withoutPadding().encodeToString(bytes), HexFormat.of().formatHex(bytes));
		int half = secret.length() / 2;
		return (half < 20) ? whole : Stream.concat(whole, Stream.of(secret.substring(0, half), secret.substring(half)));
	}

	private static String read(Path file) {
		try {
			return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	@ParameterizedTest
	@MethodSource("targets")
	void memoryAndHandlesWhenCountedThenTheyAreWhereTheyBegan(Target target) {
		Footprint before = Targets.before(target);
		Footprint after = Footprint.await(target, (now) -> now.connections() == 0
				&& now.handles() <= before.handles() + HANDLES && now.heap() < before.heap() + HEAP);
		assertThat(after.connections()).isZero();
		assertThat(after.handles()).isLessThanOrEqualTo(before.handles() + HANDLES);
		assertThat(after.heap()).isLessThan(before.heap() + HEAP);
	}

}
