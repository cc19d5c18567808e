package dev.usher.client.java;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What needs no gateway: JSON, frames, waits. */
class ClientPartsTests {

	private static final JsonMapper json = new JsonMapper();

	/** Without blank lines, imports and comments. */
	@Test
	void packageWhenCountedThenHasAtMost1200LinesOfCode() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/usher/client/java"))) {
			List<String> lines = new ArrayList<>();
			for (Path file : files.toList()) {
				lines.addAll(Files.readAllLines(file));
			}
			assertThat(
					lines.stream().filter((line) -> !line.matches("\\s*|\\s*(/\\*\\*|\\*|//).*|(import|package) .*")))
				.hasSizeBetween(800, 1200);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"a\":[1,-2.5e3,true,false,null],\"b\":{\"c\":\"d\"},\"e\":[]}",
			"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", " [ { } , [ ] ] ", "0", "\"\"", "{\"x\":\"\\ud83d\\ude00\"}" })
	void jsonWhenReadThenIsWhatJacksonReads(String text) {
		assertThat(json.valueToTree(JsonText.read(text)).toString().replace("-2.5E+3", "-2500.0"))
			.isEqualTo(json.readTree(text).toString());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "tru", "1 2", "\"\\x\"", "\"\\u12\"", "\"",
			"[1}", "{a:1}", "\"\\u+123\"" })
	void jsonWhenItIsNoneThenReadsNothing(String text) {
		assertThat(JsonText.read(text)).isNull();
	}

	@Test
	void jsonWhenDeepThenReadsNothingAndTheStackHolds() {
		assertThat(JsonText.read("[".repeat(100_000))).isNull();
	}

	@Test
	void stringsWhenWrittenThenAreWhatJacksonReads() {
		Random random = new Random(7);
		for (int i = 0; i < 200; i++) {
			String text = random.ints(20, 0, 0x2ff)
				.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
					+ "\ud83d\ude00\u2028\"\\\u0000";
			assertThat(json.readTree(JsonText.quote(text)).asString()).isEqualTo(text);
		}
	}

	@Test
	void frameWhenWrittenAndReadThenIsTheSame() {
		Map<String, String> headers = Map.of("a", "b:c\\d\r\ne", "f:g", "h");
		String frame = StompText.write("SEND", headers);
		assertThat(StompText.read(frame.getBytes(StandardCharsets.UTF_8)).headers()).isEqualTo(headers);
	}

	@Test
	void frameWhenItsBodyHasNulThenIsReadToItsLength() {
		byte[] frame = "MESSAGE\ncontent-length:3\na:1\na:2\n\nx\0y\0".getBytes(StandardCharsets.UTF_8);
		StompText read = StompText.read(frame);
		assertThat(read.body()).containsExactly('x', 0, 'y');
		assertThat(read.headers()).containsEntry("a", "1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "MESSAGE", "MESSAGE\nx\n\n\0", "MESSAGE\ncontent-length:9\n\nx\0",
			"MESSAGE\ncontent-length:-5\n\nx\0", "MESSAGE\n\nx", "MESSAGE\ncontent-length:x\n\nx\0" })
	void frameWhenBrokenThenIsRefused(String frame) {
		assertThatIllegalArgumentException().isThrownBy(() -> StompText.read(frame.getBytes(StandardCharsets.UTF_8)));
	}

	/** As usher.js: full jitter over a window that doubles, never narrower than asked. */
	@Test
	void waitsWhenNobodySaysHowLongThenAreRandomInAWindowThatDoubles() {
		Backoff most = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(60), () -> 1);
		List<Long> seconds = new ArrayList<>();
		for (int i = 0; i < 9; i++) {
			seconds.add(most.next(null, 1).toSeconds());
		}
		assertThat(seconds).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
		most.reset();
		assertThat(most.next(null, 0)).isEqualTo(Duration.ofMillis(500));
		assertThat(new Backoff(Duration.ofMillis(500), Duration.ofSeconds(60), () -> 0).next(null, 1)).isZero();
	}

	@Test
	void waitsWhenToldHowLongThenAreNeverShorter() {
		Backoff least = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(60), () -> 0);
		assertThat(least.next(Duration.ofSeconds(7), 60)).isEqualTo(Duration.ofSeconds(7));
		Backoff most = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(60), () -> 1);
		assertThat(most.next(Duration.ofSeconds(10), 0)).isEqualTo(Duration.ofSeconds(11));
	}

	@Test
	void exceptionWhenMadeOfAnErrorThenSaysWhatToDo() {
		UsherException forbidden = UsherException
			.of(Map.of("code", "forbidden", "message", "You may not.", "retry", "no", "incident", "a1b2c3d4"));
		assertThat(forbidden).hasMessage("forbidden: You may not. (incident a1b2c3d4)");
		assertThat(forbidden.retry()).isEqualTo(UsherException.Retry.NO);
		UsherException draining = UsherException
			.of(Map.of("code", "draining", "retry", "reconnect", "retry-after", "9"));
		assertThat(draining.retryAfter()).isEqualTo(Duration.ofSeconds(9));
		assertThat(UsherException.of(Map.of("code", "token_expired")).retry()).isEqualTo(UsherException.Retry.REFRESH);
		assertThat(UsherException.of(Map.of("code", "revoked")).retry()).isEqualTo(UsherException.Retry.LOGIN);
		assertThat(UsherException.of(Map.of("code", "unheard_of")).retry()).isEqualTo(UsherException.Retry.RECONNECT);
	}

	@Test
	void usernamesWhenTheyHaveAnyCharacterThenAreEncoded() {
		assertThat(OutgoingMessage.toUser("auth0|5f7c", "queue", "orders")).isEqualTo("/user/auth0|5f7c/queue/orders");
		assertThat(OutgoingMessage.toUser("a/b%\n\u007f", "topic", "x")).isEqualTo("/user/a%2Fb%25%0A%7F/topic/x");
	}

}
