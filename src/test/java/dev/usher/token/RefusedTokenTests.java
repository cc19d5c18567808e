package dev.usher.token;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TokenRefusedException;
import dev.usher.testing.TestIssuer;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What is said of a token that is refused: to its bearer little, to operators all. */
@Timeout(60)
class RefusedTokenTests {

	private final TestIssuer idp = new TestIssuer();

	@TempDir
	Path folder;

	private TokenFixture tokens;

	@BeforeEach
	void setUp() {
		this.tokens = TokenFixture.inMemory(this.folder, TokenFixture.issuer(this.idp.issuer(), TestIssuer.AUDIENCE,
				this.idp.jwkSetUri(), false, null, null, Set.of("user"), "", DpopUse.OPTIONAL));
	}

	@AfterEach
	void tearDown() {
		this.tokens.close();
		this.idp.close();
	}

	private String token() {
		return this.idp.sign(valid());
	}

	@Test
	void issuerNeverAnswersThenRefusedInTheEnd() {
		this.idp.hold();
		assertThat(this.tokens.refusal(token())).isEqualTo(Reason.ISSUER_UNAVAILABLE);
	}

	@Test
	void issuerIsDownThenSaysAfterHowLongToComeBack() {
		this.idp.answerWith(503);
		RefusedException refused = refused(token());
		assertThat(refused.reason()).isEqualTo(Reason.ISSUER_UNAVAILABLE);
		assertThat(refused.retryAfter().orElseThrow()).isBetween(Duration.ofSeconds(5), RemoteKeys.ON_DEMAND);
		assertThat(refused.word()).isEqualTo("issuer_unavailable");
	}

	@Test
	void keysWereFetchedLatelyThenAKeyThatIsNewerMayExist() {
		this.tokens.verified(token());
		this.idp.rotate("second");
		this.tokens.clock.advance(Duration.ofSeconds(1));
		assertThat(this.tokens.refusal(token())).isEqualTo(Reason.ISSUER_UNAVAILABLE);
		TestTokens older = this.idp.token(this.tokens.clock)
			.claim("iat", this.tokens.clock.instant().minusSeconds(60).getEpochSecond());
		assertThat(this.tokens.refusal(this.idp.sign(older))).isEqualTo(Reason.UNAUTHORIZED);
		this.tokens.clock.advance(RemoteKeys.ON_DEMAND);
		assertThat(this.tokens.verified(token()).name()).isEqualTo("alice");
	}

	private RefusedException refused(String token) {
		try {
			throw new AssertionError("accepted: " + this.tokens.verified(token));
		}
		catch (RefusedException ex) {
			return ex;
		}
	}

	@Test
	void refusedThenOperatorsCanTellWhy() {
		long now = this.tokens.clock.instant().getEpochSecond();
		assertThat(word(valid())).isEqualTo("none");
		assertThat(word(valid().claim("aud", "another"))).isEqualTo("audience");
		assertThat(word(valid().claim("iss", "another"))).isEqualTo("issuer");
		assertThat(word(valid().claim("exp", now - 1))).isEqualTo("token_expired");
		assertThat(word(valid().claim("exp", null))).isEqualTo("claim");
		assertThat(word(valid().claim("exp", now + 40L * 86400))).isEqualTo("lifetime");
		assertThat(word(valid().claim("nbf", now + 60))).isEqualTo("not_yet");
		assertThat(word(valid().claim("sub", "a\nb"))).isEqualTo("subject");
		assertThat(word(valid().claim("sub", "client:billing"))).isEqualTo("subject");
		assertThat(word(valid().header("alg", "RS512"))).isEqualTo("algorithm");
		assertThat(word(valid().header("typ", "x"))).isEqualTo("type");
		assertThat(refused("x.y.z").word()).isEqualTo("malformed");
		assertThat(
				refused(TestTokens.sign(TestTokens.rsa(2048).getPrivate(), token().replaceAll("\\.[^.]*$", ""))).word())
			.isEqualTo("signature");
	}

	private TestTokens valid() {
		return this.idp.token(this.tokens.clock);
	}

	private String word(TestTokens token) {
		String signed = this.idp.sign(token);
		try {
			this.tokens.verified(signed);
			return "none";
		}
		catch (TokenRefusedException ex) {
			assertThat(ex.keyId()).isEqualTo("first");
			assertThat(ex.issuer()).isIn(this.idp.issuer(), "another");
			assertThat(ex.incident().isPresent()).isEqualTo(ex.reason() == Reason.UNAUTHORIZED);
			return ex.word();
		}
	}

}
