package dev.usher.dpop;

import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import com.nimbusds.jose.jwk.RSAKey;
import dev.usher.protocol.ProofFault;
import dev.usher.testing.MutableClock;
import dev.usher.testing.ProofKey;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The proofs of RFC 9449 itself, and what is said of those that are not quite good. */
class ProofReaderTests {

	private static final String URL = "https://gateway.example.org/auth/me";

	private static final String NONCE = "a-nonce";

	/** The key of all examples: figure 1 has its proof, section 6 its thumbprint. */
	private static final String HEADER = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0V"
			+ "jNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIs"
			+ "ImNydiI6IlAtMjU2In19";

	private static final String TOKEN_REQUEST = HEADER
			+ ".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwi"
			+ "aWF0IjoxNTYyMjYyNjE2fQ"
			+ ".2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

	private static final String RESOURCE_REQUEST = HEADER
			+ ".eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0"
			+ "ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9"
			+ ".2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";

	private static final String THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

	private static final String ACCESS_TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";

	private final MutableClock clock = new MutableClock();

	private final ProofReader reader = new ProofReader(NONCE::equals, this.clock);

	private final ProofKey key = new ProofKey();

	private static ProofReader at(long seconds) {
		return new ProofReader((nonce) -> nonce == null, Clock.fixed(Instant.ofEpochSecond(seconds), ZoneOffset.UTC));
	}

	@Test
	void proofWhenItIsThatOfFigureOneThenItsKeyIsTheOneOfSectionSix() throws BadProofException {
		Proof proof = at(1562262616).read(List.of(TOKEN_REQUEST), "POST", "https://server.example.com/token");
		assertThat(proof.thumbprint()).isEqualTo(THUMBPRINT);
	}

	@Test
	void proofWhenItIsThatOfSectionSevenThenItBelongsToTheTokenThere() throws BadProofException {
		Proof proof = at(1562262618).read(List.of(RESOURCE_REQUEST), "GET",
				"https://resource.example.org/protectedresource");
		proof.check(new BoundCredential(THUMBPRINT, ACCESS_TOKEN));
		assertThatExceptionOfType(BadProofException.class)
			.isThrownBy(() -> proof.check(new BoundCredential(THUMBPRINT, ACCESS_TOKEN + "x")))
			.satisfies((ex) -> assertThat(ex.fault()).isEqualTo(ProofFault.CREDENTIAL));
		assertThatExceptionOfType(BadProofException.class)
			.isThrownBy(() -> proof.check(new BoundCredential(this.key.thumbprint(), ACCESS_TOKEN)))
			.satisfies((ex) -> assertThat(ex.fault()).isEqualTo(ProofFault.HOLDER));
	}

	@ParameterizedTest
	@CsvSource({ "GET, https://server.example.com/token, 1562262616, METHOD",
			"POST, https://server.example.com/other, 1562262616, URL",
			"POST, https://server.example.com/token, 1562262917, AGE",
			"POST, https://server.example.com/token, 1562262315, AGE" })
	void proofWhenItIsThatOfFigureOneForSomethingElseThenRefused(String method, String url, long now,
			ProofFault fault) {
		assertThatExceptionOfType(BadProofException.class)
			.isThrownBy(() -> at(now).read(List.of(TOKEN_REQUEST), method, url))
			.satisfies((ex) -> assertThat(ex.fault()).isEqualTo(fault));
	}

	@Test
	void proofWhenItIsThatOfFigureOneWithAnotherPayloadThenItsSignatureDoesNotFit() {
		String mixed = TOKEN_REQUEST.substring(0, TOKEN_REQUEST.lastIndexOf('.'))
				+ RESOURCE_REQUEST.substring(RESOURCE_REQUEST.lastIndexOf('.'));
		assertThatExceptionOfType(BadProofException.class)
			.isThrownBy(() -> at(1562262616).read(List.of(mixed), "POST", "https://server.example.com/token"))
			.satisfies((ex) -> assertThat(ex.fault()).isEqualTo(ProofFault.SIGNATURE));
	}

	private TestTokens good() {
		return this.key.proof("GET", URL, null, NONCE, this.clock);
	}

	private ProofFault fault(String... headers) {
		try {
			this.reader.read(List.of(headers), "GET", URL);
			throw new AssertionError("accepted");
		}
		catch (BadProofException ex) {
			return ex.fault();
		}
	}

	static Stream<Arguments> spoilt() {
		return Stream.of(spoil(ProofFault.MALFORMED, (proof) -> proof.header("typ", null)),
				spoil(ProofFault.MALFORMED, (proof) -> proof.header("typ", "JWT")),
				spoil(ProofFault.MALFORMED, (proof) -> proof.header("crit", List.of("x"))),
				spoil(ProofFault.MALFORMED, (proof) -> proof.header("b64", false)),
				spoil(ProofFault.KEY, (proof) -> proof.header("jwk", null)),
				spoil(ProofFault.KEY, (proof) -> proof.header("jwk", "x")),
				spoil(ProofFault.KEY, (proof) -> proof.header("jwk", new ProofKey().privateJwk())),
				spoil(ProofFault.KEY, (proof) -> proof.header("jwk", Map.of("kty", "oct", "k", "AAAA"))),
				spoil(ProofFault.SIGNATURE, (proof) -> proof.header("jwk", new ProofKey().publicJwk())),
				spoil(ProofFault.MALFORMED, (proof) -> proof.claim("jti", null)),
				spoil(ProofFault.MALFORMED, (proof) -> proof.claim("jti", "")),
				spoil(ProofFault.MALFORMED, (proof) -> proof.claim("jti", "x".repeat(256))),
				spoil(ProofFault.MALFORMED, (proof) -> proof.claim("iat", "now")),
				spoil(ProofFault.MALFORMED, (proof) -> proof.claim("htm", 1)),
				spoil(ProofFault.METHOD, (proof) -> proof.claim("htm", "get")),
				spoil(ProofFault.URL, (proof) -> proof.claim("htu", "/auth/me")),
				spoil(ProofFault.URL, (proof) -> proof.claim("htu", "ftp://gateway.example.org/auth/me")),
				spoil(ProofFault.URL, (proof) -> proof.claim("htu", "https://gateway.example.org/auth/%6De")),
				spoil(ProofFault.NONCE, (proof) -> proof.claim("nonce", null)),
				spoil(ProofFault.NONCE, (proof) -> proof.claim("nonce", "another")),
				spoil(ProofFault.AGE, (proof) -> proof.claim("iat", 0)),
				spoil(ProofFault.AGE, (proof) -> proof.claim("iat", Long.MAX_VALUE)));
	}

	private static Arguments spoil(ProofFault fault, UnaryOperator<TestTokens> spoil) {
		return Arguments.of(fault, spoil);
	}

	@ParameterizedTest
	@MethodSource("spoilt")
	void proofWhenOneThingOfItIsSpoiltThenItsFaultIsNamed(ProofFault fault, UnaryOperator<TestTokens> spoil) {
		assertThat(fault(this.key.sign(spoil.apply(good())))).isEqualTo(fault);
	}

	@Test
	void proofWhenItsAlgorithmIsNotOnTheListThenThatIsItsFault() {
		for (String algorithm : List.of("none", "HS256", "EdDSA", "ES256K", "RS1", "es256")) {
			String[] parts = this.key.sign(good()).split("\\.");
			String header = good().header("alg", algorithm).unsigned().split("\\.")[0];
			assertThat(fault(header + "." + parts[1] + "." + parts[2])).as(algorithm).isEqualTo(ProofFault.ALGORITHM);
		}
	}

	@Test
	void proofWhenThereIsNoneOrTheyAreManyOrTooLongThenRefused() {
		assertThat(fault()).isEqualTo(ProofFault.MISSING);
		assertThat(fault(this.key.sign(good()), this.key.sign(good()))).isEqualTo(ProofFault.MALFORMED);
		assertThat(fault(this.key.sign(good().claim("x", "x".repeat(8192))))).isEqualTo(ProofFault.MALFORMED);
		assertThat(fault(this.key.sign(good()) + ".")).isEqualTo(ProofFault.MALFORMED);
		assertThat(fault(this.key.sign(good()).replaceFirst("\\.", ".!"))).isEqualTo(ProofFault.MALFORMED);
	}

	@Test
	void proofWhenOfRsaThenItsSizeAndItsExponentCount() throws BadProofException {
		KeyPair good = TestTokens.rsa(2048);
		TestTokens proof = good().header("alg", "RS256");
		String signed = proof.header("jwk", jwk(good)).sign(good.getPrivate());
		assertThat(this.reader.read(List.of(signed), "GET", URL).thumbprint()).matches("[A-Za-z0-9_-]{43}");
		KeyPair weak = TestTokens.rsa(1024);
		assertThat(fault(proof.header("jwk", jwk(weak)).sign(weak.getPrivate()))).isEqualTo(ProofFault.KEY);
		Map<String, Object> slow = jwk(good);
		slow.put("e", slow.get("n"));
		assertThat(fault(proof.header("jwk", slow).sign(good.getPrivate()))).isEqualTo(ProofFault.KEY);
	}

	private static Map<String, Object> jwk(KeyPair keys) {
		return new RSAKey.Builder((RSAPublicKey) keys.getPublic()).build().toJSONObject();
	}

	@ParameterizedTest
	@CsvSource({ "https://gateway.example.org/auth/me, https://gateway.example.org:443/auth/me",
			"HTTPS://Gateway.Example.ORG/auth/me, https://gateway.example.org/auth/me",
			"wss://gateway.example.org/ws, https://gateway.example.org/ws", "ws://localhost/ws, http://localhost:80/ws",
			"https://gateway.example.org, https://gateway.example.org/",
			"https://gateway.example.org/ws?ticket=x#y, https://gateway.example.org/ws",
			"http://[::1]:8080/ws, http://[::1]:8080/ws" })
	void urlsWhenTheyMeanTheSameThenTheyAreSame(String claimed, String asked) {
		assertThat(TargetUrl.isSame(claimed, asked)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "http://gateway.example.org/ws, https://gateway.example.org/ws",
			"ws://gateway.example.org/ws, https://gateway.example.org/ws",
			"https://gateway.example.org:8443/ws, https://gateway.example.org/ws",
			"https://gateway.example.org/WS, https://gateway.example.org/ws",
			"https://a@gateway.example.org/ws, https://gateway.example.org/ws",
			"https://gateway.example.org.evil.example/ws, https://gateway.example.org/ws", "//x, //x", "x, x" })
	void urlsWhenTheyDifferThenTheyAreNotSame(String claimed, String asked) {
		assertThat(TargetUrl.isSame(claimed, asked)).isFalse();
	}

}
