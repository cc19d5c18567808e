package dev.usher.jetty;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How TLS is done where the gateway itself listens with a certificate.
 *
 * @param provider {@code usher.tls.provider}: {@code auto}, the default, is Conscrypt
 * where its native library loads and the JDK elsewhere; {@code jdk} and {@code conscrypt}
 * are that one alone
 */
@ConfigurationProperties("usher.tls")
public record TlsProperties(@DefaultValue("auto") Provider provider) {

	public TlsProperties {
		if (provider == Provider.CONSCRYPT) {
			String missing = TlsProvider.whyConscryptIsMissing();
			if (missing != null) {
				throw new IllegalArgumentException("usher.tls.provider must not be conscrypt here: " + missing);
			}
		}
	}

	/** Whose implementation of TLS. */
	public enum Provider {

		/** Conscrypt where it can be had, or else the JDK's. */
		AUTO,

		/** The engine of the JDK. */
		JDK,

		/** Conscrypt; the start fails where its library does not load. */
		CONSCRYPT

	}

}
