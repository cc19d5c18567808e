package dev.usher.token;

import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What is no token, or hardly one. */
@ExtendWith(OutputCaptureExtension.class)
class MalformedTokenTests extends TokenAttackFixture {

	@Test
	void textIsNoTokenThenRefused() {
		String token = signed(this.tokens.own());
		String[] parts = token.split("\\.");
		assertUnauthorized("");
		assertUnauthorized("a");
		assertUnauthorized("..");
		assertUnauthorized(".".repeat(1000));
		assertUnauthorized(parts[0] + "." + parts[1]);
		assertUnauthorized(parts[0] + "." + parts[1] + ".");
		assertUnauthorized("." + parts[1] + "." + parts[2]);
		assertUnauthorized(parts[0] + ".." + parts[2]);
		assertUnauthorized(token + ".");
		assertUnauthorized(token + ".a.b");
		assertUnauthorized(" " + token);
		assertUnauthorized(token + "\n");
		assertUnauthorized(token + "=");
		assertUnauthorized(token.replaceFirst("\\.", ".!"));
		assertUnauthorized(token + "\u0000");
	}

	@Test
	void signatureIsCutShortOrLongThenRefused() {
		String token = signed(this.tokens.own());
		assertUnauthorized(token.substring(0, token.length() - 2));
		assertUnauthorized(token + "AA");
		assertUnauthorized(token.substring(0, token.lastIndexOf('.') + 1) + "A".repeat(342));
	}

	@Test
	void claimsAreExchangedUnderTheSignatureThenRefused() {
		String[] genuine = signed(this.tokens.own()).split("\\.");
		String[] wanted = this.tokens.own().claim("sub", "admin").header("alg", "RS256").unsigned().split("\\.");
		assertUnauthorized(genuine[0] + "." + wanted[1] + "." + genuine[2]);
	}

	@Test
	void tokenIsHugeThenRefusedUnread() {
		assertUnauthorized(signed(this.tokens.own().claim("filler", "a".repeat(100 * 1024))));
		assertUnauthorized("a".repeat(10_000_000));
	}

	@ParameterizedTest
	@ValueSource(strings = { "[", "{\"a\":" })
	void jsonIsDeepThenRefused(String opening, CapturedOutput output) {
		int before = output.getAll().length();
		String deep = opening.repeat(10_000 / opening.length());
		String[] parts = this.tokens.own().header("alg", "RS256").unsigned().split("\\.");
		assertUnauthorized(TestTokens.sign(this.tokens.privateKey(), TestTokens.encode(deep) + "." + parts[1]));
		assertUnauthorized(TestTokens.sign(this.tokens.privateKey(), parts[0] + "." + TestTokens.encode(deep)));
		String inside = "{\"iss\":\"usher\",\"a\":" + deep;
		assertUnauthorized(TestTokens.sign(this.tokens.privateKey(), parts[0] + "." + TestTokens.encode(inside)));
		assertIsQuiet(output.getAll().substring(before));
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "7", "\"a\"", "[]", "{", "{}", "{} {}", "{\"iss\":null}" })
	void jsonIsNoObjectOfClaimsThenRefused(String json, CapturedOutput output) {
		int before = output.getAll().length();
		String[] parts = this.tokens.own().header("alg", "RS256").unsigned().split("\\.");
		assertUnauthorized(TestTokens.sign(this.tokens.privateKey(), TestTokens.encode(json) + "." + parts[1]));
		assertUnauthorized(TestTokens.sign(this.tokens.privateKey(), parts[0] + "." + TestTokens.encode(json)));
		assertIsQuiet(output.getAll().substring(before));
	}

	/** Anybody could fill the disk with such lines. */
	private static void assertIsQuiet(String output) {
		assertThat(output).doesNotContain(" WARN ", " ERROR ");
	}

}
