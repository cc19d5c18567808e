package dev.usher.audit;

import java.time.Instant;

import dev.usher.audit.AuditEvent.Kind;
import dev.usher.audit.AuditProperties.Format;
import dev.usher.protocol.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** One event is one line, whatever strangers call themselves. */
class AuditLineTests {

	private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

	private final AuditEvent event = AuditEvent.of(Kind.LOGIN)
		.from("192.0.2.7")
		.what("alice")
		.because(Reason.BAD_CREDENTIALS);

	@Test
	void textThenSaysEventOutcomeAndWhatIsKnown() {
		assertThat(AuditLine.of(this.event, TIME, Format.TEXT))
			.isEqualTo("login refused from=\"192.0.2.7\" what=\"alice\" reason=\"bad_credentials\"");
	}

	@Test
	void jsonThenIsOneObject() {
		assertThat(AuditLine.of(this.event.who("alice").session("s1"), TIME, Format.JSON))
			.isEqualTo("{\"time\":\"2026-01-02T03:04:05.678Z\",\"event\":\"login\",\"outcome\":\"refused\","
					+ "\"who\":\"alice\",\"from\":\"192.0.2.7\",\"what\":\"alice\",\"reason\":\"bad_credentials\","
					+ "\"session\":\"s1\"}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\nlogin success who=\"admin\"", "a\r\nb", "a\" outcome=\"success", "a\\", "a\u0085b",
			"a\u2028b", "a\u202eb", "a\u001b[31mb", "a\u0000b", "a\ufeffb", "a\ud800b" })
	void lineWhenAValueWouldEndItThenIsEscaped(String value) {
		String text = AuditLine.of(this.event.what(value), TIME, Format.TEXT);
		assertThat(text).hasSizeLessThan(200).matches("[\\x20-\\x7e]*").startsWith("login refused from=");
		JsonNode json = new JsonMapper().readTree(AuditLine.of(this.event.what(value), TIME, Format.JSON));
		assertThat(json.path("what").asString()).isEqualTo(value);
		assertThat(json.path("outcome").asString()).isEqualTo("refused");
		assertThat(json.size()).isEqualTo(6);
	}

	@Test
	void lineWhenAValueIsLongThenIsCut() {
		assertThat(AuditLine.of(this.event.what("x".repeat(100_000)), TIME, Format.TEXT)).hasSizeLessThan(500);
	}

}
