package dev.usher.passkey;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import dev.usher.edge.OriginProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Passkeys: for which name they are made, and from which pages.
 *
 * @param rpId {@code usher.webauthn.rp-id}, the relying party's id: a domain that all the
 * origins are at or below. A passkey belongs to it for good. There are no passkeys
 * without it
 * @param origins {@code usher.webauthn.origins}, the origins whose pages may use
 * passkeys, each as a browser sends it
 * @param userVerification {@code usher.webauthn.user-verification}, whether the
 * authenticator must ask for a PIN, a finger or a face: {@code required} by default,
 * {@code preferred} or {@code discouraged}
 * @param fresh {@code usher.webauthn.fresh}, how long ago one may have logged in to
 * register or remove a passkey; 5 minutes by default, a day at most
 * @param maxPerAccount {@code usher.webauthn.max-per-account}, how many passkeys an
 * account may have; 20 by default, 100 at most
 */
@ConfigurationProperties("usher.webauthn")
record WebauthnProperties(@Nullable String rpId, @Nullable List<String> origins,
		@DefaultValue("required") UserVerification userVerification, @DefaultValue("5m") Duration fresh,
		@DefaultValue("20") int maxPerAccount) {

	private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

	/** A domain of two labels or more whose last one begins with a letter. */
	private static final Pattern DOMAIN = Pattern.compile("(?=.{1,253}$)(" + LABEL + "\\.)+[a-z]([a-z0-9-]*[a-z0-9])?");

	private static final String LOCALHOST = "localhost";

	private static final Duration MAX_FRESH = Duration.ofDays(1);

	/** All of them stand in the options of a registration. */
	private static final int MAX_PER_ACCOUNT = 100;

	/** Whether the authenticator must know that it is its owner. */
	enum UserVerification {

		REQUIRED, PREFERRED, DISCOURAGED

	}

	WebauthnProperties {
		if (rpId != null) {
			checkRpId(rpId);
			origins = checked(origins, rpId);
		}
		else if (origins != null) {
			throw new IllegalArgumentException("usher.webauthn.rp-id is missing, while usher.webauthn.origins is set");
		}
		if (fresh.toSeconds() < 1 || fresh.compareTo(MAX_FRESH) > 0) {
			throw new IllegalArgumentException("usher.webauthn.fresh must be from 1s to 1d, but is " + fresh);
		}
		if (maxPerAccount < 1 || maxPerAccount > MAX_PER_ACCOUNT) {
			throw new IllegalArgumentException("usher.webauthn.max-per-account must be from 1 to " + MAX_PER_ACCOUNT
					+ ", but is " + maxPerAccount);
		}
	}

	private static void checkRpId(String rpId) {
		if (!rpId.equals(LOCALHOST) && !DOMAIN.matcher(rpId).matches()) {
			throw new IllegalArgumentException(
					"usher.webauthn.rp-id must be a domain such as example.org in lower case,"
							+ " without scheme and port, and no IP address, but is " + rpId);
		}
	}

	private static List<String> checked(@Nullable List<String> origins, String rpId) {
		if (origins == null || origins.isEmpty()) {
			throw new IllegalArgumentException("usher.webauthn.origins is missing, while usher.webauthn.rp-id is set");
		}
		List<String> normal = new ArrayList<>();
		for (int i = 0; i < origins.size(); i++) {
			String given = origins.get(i);
			String must = "usher.webauthn.origins[" + i + "] must ";
			String origin = OriginProperties.normalize(given)
				.orElseThrow(() -> new IllegalArgumentException(
						must + "be an origin such as https://app.example.org, but is " + given));
			URI uri = URI.create(origin);
			String host = uri.getHost().toLowerCase(Locale.ROOT);
			if (!host.equals(rpId) && !host.endsWith("." + rpId)) {
				throw new IllegalArgumentException(must + "have the host " + rpId + ", which is usher.webauthn.rp-id,"
						+ " or a host that ends in ." + rpId + ", but is " + given);
			}
			if (!uri.getScheme().equals("https") && !(uri.getScheme().equals("http") && isLocal(host))) {
				throw new IllegalArgumentException(must
						+ "begin with https://, as browsers offer passkeys over http:// on localhost alone, but is "
						+ given);
			}
			normal.add(origin);
		}
		return List.copyOf(normal);
	}

	private static boolean isLocal(String host) {
		return host.equals(LOCALHOST) || host.endsWith("." + LOCALHOST);
	}

}
