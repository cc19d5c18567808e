package dev.usher.service;

import java.text.ParseException;
import java.util.Map;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;

/**
 * The public keys of a client, as it hands them in. They are part of the registration
 * instead of a URL: a stranger cannot make the gateway fetch one, and a service can log
 * in while the host of its keys is down.
 */
final class ClientKeys {

	private static final int MOST = 10;

	private static final int MAX_LENGTH = 32_000;

	private static final int MIN_RSA_BITS = 2048;

	private static final int MAX_RSA_BITS = 8192;

	private ClientKeys() {
	}

	/**
	 * Checks a JWK set (RFC 7517, section 5).
	 * @return it as it is kept
	 * @throws dev.usher.protocol.RefusedException saying what is wrong with it
	 */
	static String check(Map<String, Object> members) {
		JWKSet set;
		try {
			set = JWKSet.parse(members);
		}
		catch (ParseException | IllegalArgumentException | IllegalStateException ex) {
			throw ClientRules.bad("Member \"jwks\" is no JWK set (RFC 7517, section 5).");
		}
		if (set.getKeys().isEmpty() || set.size() > MOST) {
			throw ClientRules.bad("Member \"jwks\" must have 1 to " + MOST + " keys.");
		}
		set.getKeys().forEach(ClientKeys::check);
		String kept = set.toString(true);
		if (kept.length() > MAX_LENGTH) {
			throw ClientRules.bad("Member \"jwks\" has " + MAX_LENGTH + " characters at most.");
		}
		return kept;
	}

	private static void check(JWK key) {
		if (key.isPrivate()) {
			throw ClientRules
				.bad("Member \"jwks\" holds a private key. Send public keys alone, and do not use this one again.");
		}
		boolean usable = (key instanceof RSAKey rsa && rsa.size() >= MIN_RSA_BITS && rsa.size() <= MAX_RSA_BITS)
				|| (key instanceof ECKey ec && isSupported(ec));
		if (!usable) {
			throw ClientRules
				.bad("Member \"jwks\": a key must be RSA of 2048 to 8192 bits, or EC of P-256, P-384 or P-521.");
		}
	}

	private static boolean isSupported(ECKey key) {
		try {
			key.toECPublicKey();
			return Curve.P_256.equals(key.getCurve()) || Curve.P_384.equals(key.getCurve())
					|| Curve.P_521.equals(key.getCurve());
		}
		catch (JOSEException ex) {
			return false;
		}
	}

}
