package dev.usher.testing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.nimbusds.jose.util.JSONObjectUtils;
import org.jspecify.annotations.Nullable;

/**
 * A token that is valid until a test spoils one thing of it. Signs for itself, so that it
 * can also make what no library would.
 */
public final class TestTokens {

	private static final String RS256 = "SHA256withRSA";

	private static final Map<String, String> SIGNATURES = Map.of("RS384", "SHA384withRSA", "RS512", "SHA512withRSA",
			"ES256", "SHA256withECDSAinP1363Format");

	private final Map<String, Object> header = new LinkedHashMap<>();

	private final Map<String, Object> claims = new LinkedHashMap<>();

	private TestTokens() {
	}

	/** A valid token: of {@code alice}, from now, for five minutes. */
	public static TestTokens valid(String issuer, String audience, Clock clock) {
		long now = clock.instant().getEpochSecond();
		return new TestTokens().claim("iss", issuer)
			.claim("sub", "alice")
			.claim("aud", audience)
			.claim("exp", now + 300)
			.claim("iat", now)
			.claim("jti", "a-jti");
	}

	/** A token with nothing in it. */
	public static TestTokens empty() {
		return new TestTokens();
	}

	public static KeyPair rsa(int bits) {
		FewKeys.install();
		return keyPair("RSA", bits);
	}

	public static KeyPair keyPair(String algorithm, int bits) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
			generator.initialize(bits);
			return generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Sets a member of the header, or takes it away with null. */
	public TestTokens header(String name, @Nullable Object value) {
		return set(this.header, name, value);
	}

	/** Sets a claim, or takes it away with null. */
	public TestTokens claim(String name, @Nullable Object value) {
		return set(this.claims, name, value);
	}

	private TestTokens set(Map<String, Object> members, String name, @Nullable Object value) {
		if (value == null) {
			members.remove(name);
		}
		else {
			members.put(name, value);
		}
		return this;
	}

	/** What is signed: header and claims. */
	public String unsigned() {
		return encode(json(this.header)) + "." + encode(json(this.claims));
	}

	/** Signed as the header's {@code alg} says where we know how, else RS256. */
	public String sign(PrivateKey key) {
		Object alg = this.header.putIfAbsent("alg", "RS256");
		return sign((alg instanceof String name) ? SIGNATURES.getOrDefault(name, RS256) : RS256, key, unsigned());
	}

	/** Signed HS256 unless the header says another {@code alg}. */
	public String sign(byte[] secret) {
		this.header.putIfAbsent("alg", "HS256");
		return sign(secret, unsigned());
	}

	/** Signs any text RS256. */
	public static String sign(PrivateKey key, String unsigned) {
		return sign(RS256, key, unsigned);
	}

	private static String sign(String algorithm, PrivateKey key, String unsigned) {
		try {
			Signature signature = Signature.getInstance(algorithm);
			signature.initSign(key);
			signature.update(unsigned.getBytes(StandardCharsets.US_ASCII));
			return unsigned + "." + encode(signature.sign());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public static String sign(byte[] secret, String unsigned) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(secret, "HmacSHA256"));
			return unsigned + "." + encode(mac.doFinal(unsigned.getBytes(StandardCharsets.US_ASCII)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public static String encode(String text) {
		return encode(text.getBytes(StandardCharsets.UTF_8));
	}

	public static String encode(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	private static String json(Map<String, Object> members) {
		return JSONObjectUtils.toJSONString(members);
	}

}
