package dev.usher.dpop;

import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.usher.protocol.ProofFault;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Reads a proof and checks it against its request (RFC 9449, section 4.3), what is cheap
 * first. Not by Spring Security, which knows no nonce, goes by a clock of its own,
 * remembers used proofs in the memory of one node, and says the same of every fault. Any
 * thread may call; never blocks.
 */
@Component
class ProofReader {

	/** The same that may sign the assertion of a client; nothing symmetric. */
	static final List<String> ALGORITHMS = List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
			"ES384", "ES512");

	/** One of RSA with 4096 bits has a third of that. */
	private static final int MAX_LENGTH = 8192;

	private static final int MAX_ID = 255;

	private static final int MIN_RSA_BITS = 2048;

	private static final int MAX_RSA_BITS = 4096;

	/**
	 * Everybody's is 65537. One as long as the modulus makes a single check cost as much
	 * as a signature.
	 */
	private static final int MAX_EXPONENT_BITS = 32;

	private static final Set<Curve> CURVES = Set.of(Curve.P_256, Curve.P_384, Curve.P_521);

	/** How far the client's clock may be off: that a proof is fresh, the nonce shows. */
	private static final Duration MAX_AGE = Duration.ofMinutes(5);

	private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]++)\\.([A-Za-z0-9_-]++)\\.([A-Za-z0-9_-]++)");

	private static final String TYPE = "dpop+jwt";

	private final ProofSignatures signatures = new ProofSignatures();

	private final Predicate<@Nullable String> acceptsNonce;

	private final Clock clock;

	@Autowired
	ProofReader(Nonces nonces, Clock clock) {
		this((nonce) -> nonce != null && nonces.accepts(nonce), clock);
	}

	/** Makes one that takes other nonces. */
	ProofReader(Predicate<@Nullable String> acceptsNonce, Clock clock) {
		this.acceptsNonce = acceptsNonce;
		this.clock = clock;
	}

	/**
	 * Reads the proof of a request.
	 * @param headers the values of its header {@code DPoP}
	 * @param method what {@code htm} must be
	 * @param url what {@code htu} must be
	 */
	Proof read(List<String> headers, String method, String url) throws BadProofException {
		if (headers.isEmpty()) {
			throw new BadProofException(ProofFault.MISSING);
		}
		String text = headers.get(0).strip();
		Matcher parts = FORM.matcher((text.length() <= MAX_LENGTH) ? text : "");
		if (headers.size() != 1 || !parts.matches()) {
			throw new BadProofException(ProofFault.MALFORMED);
		}
		Map<String, Object> header = members(parts.group(1));
		JWK key = key(header);
		Map<String, Object> claims = members(parts.group(2));
		Instant issuedAt = checkClaims(claims, method, url);
		try {
			JWSAlgorithm algorithm = JWSAlgorithm.parse(required(header, "alg"));
			String signed = text.substring(0, parts.end(2));
			if (!this.signatures.fits(key, algorithm, signed, new Base64URL(parts.group(3)))) {
				throw new BadProofException(ProofFault.SIGNATURE);
			}
			return new Proof(key.computeThumbprint().toString(), required(claims, "jti"), issuedAt,
					text(claims, "ath"));
		}
		catch (JOSEException ex) {
			throw new BadProofException(ProofFault.SIGNATURE);
		}
	}

	private static Map<String, Object> members(String part) throws BadProofException {
		try {
			return JSONObjectUtils.parse(new Base64URL(part).decodeToString());
		}
		catch (ParseException ex) {
			throw new BadProofException(ProofFault.MALFORMED);
		}
	}

	/** The key in a header, if it and all that stands beside it may be so. */
	private static JWK key(Map<String, Object> header) throws BadProofException {
		// RFC 7515, section 4.1.11: we understand no extension, so none may be critical.
		if (!TYPE.equalsIgnoreCase(text(header, "typ")) || header.containsKey("crit") || header.containsKey("b64")) {
			throw new BadProofException(ProofFault.MALFORMED);
		}
		if (!ALGORITHMS.contains(required(header, "alg"))) {
			throw new BadProofException(ProofFault.ALGORITHM);
		}
		try {
			JWK key = JWK.parse(JSONObjectUtils.getJSONObject(header, "jwk"));
			if (key.isPrivate() || !isUsable(key)) {
				throw new BadProofException(ProofFault.KEY);
			}
			return key;
		}
		catch (ParseException | JOSEException | RuntimeException ex) {
			throw new BadProofException(ProofFault.KEY);
		}
	}

	private static boolean isUsable(JWK key) throws JOSEException {
		if (key instanceof RSAKey rsa) {
			RSAPublicKey parts = rsa.toRSAPublicKey();
			return rsa.size() >= MIN_RSA_BITS && rsa.size() <= MAX_RSA_BITS
					&& parts.getPublicExponent().bitLength() <= MAX_EXPONENT_BITS;
		}
		return key instanceof ECKey ec && CURVES.contains(ec.getCurve());
	}

	private Instant checkClaims(Map<String, Object> claims, String method, String url) throws BadProofException {
		String id = required(claims, "jti");
		Object issuedAt = claims.get("iat");
		if (id.isEmpty() || id.length() > MAX_ID || !(issuedAt instanceof Number seconds)) {
			throw new BadProofException(ProofFault.MALFORMED);
		}
		if (!method.equals(required(claims, "htm"))) {
			throw new BadProofException(ProofFault.METHOD);
		}
		if (!TargetUrl.isSame(required(claims, "htu"), url)) {
			throw new BadProofException(ProofFault.URL);
		}
		if (!this.acceptsNonce.test(text(claims, "nonce"))) {
			throw new BadProofException(ProofFault.NONCE);
		}
		checkAge(seconds.doubleValue());
		return Instant.ofEpochSecond(seconds.longValue());
	}

	/** Negated, so that NaN is refused too. */
	private void checkAge(double seconds) throws BadProofException {
		Instant now = this.clock.instant();
		if (!(Math.abs(seconds - now.getEpochSecond()) <= MAX_AGE.toSeconds())) {
			throw new BadProofException(ProofFault.AGE);
		}
	}

	private static String required(Map<String, Object> members, String name) throws BadProofException {
		String text = text(members, name);
		if (text == null) {
			throw new BadProofException(ProofFault.MALFORMED);
		}
		return text;
	}

	private static @Nullable String text(Map<String, Object> members, String name) throws BadProofException {
		Object value = members.get(name);
		if (value == null || value instanceof String) {
			return (String) value;
		}
		throw new BadProofException(ProofFault.MALFORMED);
	}

}
