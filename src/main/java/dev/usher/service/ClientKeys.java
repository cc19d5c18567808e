package dev.usher.service;

import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

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
		return kept(parse("jwks", members), "jwks");
	}

	/**
	 * Adds keys to those of a client and removes others.
	 * @param jwks those it has, or null for none
	 * @param added a JWK set, or null
	 * @param removed the ids of keys
	 * @return them as they are kept, or null for none
	 * @throws dev.usher.protocol.RefusedException saying what is wrong with it
	 */
	static @Nullable String change(@Nullable String jwks, @Nullable Map<String, Object> added, List<String> removed) {
		List<JWK> keys = new ArrayList<>((jwks != null) ? read(jwks) : List.of());
		for (String id : removed) {
			if (!keys.removeIf((key) -> id(key).equals(id))) {
				throw new RefusedException(Reason.NOT_FOUND, "The client has no key of this id.");
			}
		}
		if (added != null) {
			keys.addAll(parse("add_keys", added));
		}
		return keys.isEmpty() ? null : kept(keys, "add_keys");
	}

	/** What names a key: its {@code kid}, without one its thumbprint (RFC 7638). */
	private static String id(JWK key) {
		try {
			return (key.getKeyID() != null) ? key.getKeyID() : key.computeThumbprint().toString();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	private static List<JWK> read(String jwks) {
		try {
			return JWKSet.parse(jwks).getKeys();
		}
		catch (ParseException ex) {
			throw new IllegalStateException("kept keys are no JWK set", ex);
		}
	}

	private static List<JWK> parse(String member, Map<String, Object> members) {
		List<JWK> keys;
		try {
			keys = JWKSet.parse(members).getKeys();
		}
		catch (ParseException | RuntimeException ex) {
			throw ClientRules.bad("Member \"" + member + "\" is no JWK set (RFC 7517, section 5).");
		}
		if (keys.isEmpty()) {
			throw tooMany(member);
		}
		keys.forEach((key) -> check(key, member));
		return keys;
	}

	private static RefusedException tooMany(String member) {
		return ClientRules.bad("Member \"" + member + "\" must have 1 to " + MOST + " keys"
				+ (member.equals("jwks") ? "." : ", together with those that the client keeps."));
	}

	private static String kept(List<JWK> keys, String member) {
		if (keys.size() > MOST) {
			throw tooMany(member);
		}
		if (keys.stream().map(ClientKeys::id).distinct().count() != keys.size()) {
			throw ClientRules.bad("Member \"" + member + "\": the keys of a client must have different ids.");
		}
		String kept = new JWKSet(keys).toString(true);
		if (kept.length() > MAX_LENGTH) {
			throw ClientRules.bad("Member \"" + member + "\" has " + MAX_LENGTH + " characters at most.");
		}
		return kept;
	}

	private static void check(JWK key, String member) {
		if (key.isPrivate()) {
			throw ClientRules.bad("Member \"" + member
					+ "\" holds a private key. Send public keys alone, and do not use this one again.");
		}
		boolean usable = (key instanceof RSAKey rsa && rsa.size() >= MIN_RSA_BITS && rsa.size() <= MAX_RSA_BITS)
				|| (key instanceof ECKey ec && isSupported(ec));
		if (!usable) {
			throw ClientRules.bad("Member \"" + member
					+ "\": a key must be RSA of 2048 to 8192 bits, or EC of P-256, P-384 or P-521.");
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
