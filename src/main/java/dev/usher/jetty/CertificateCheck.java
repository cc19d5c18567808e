package dev.usher.jetty;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerSslBundle;

/**
 * Looks at what a port that speaks TLS will show its clients, before there is a
 * connector. Jetty starts with any certificate, also with one that fails each handshake.
 */
final class CertificateCheck {

	private static final Logger logger = LoggerFactory.getLogger(CertificateCheck.class);

	private final SslBundles bundles;

	private final Clock clock;

	CertificateCheck(SslBundles bundles, Clock clock) {
		this.bundles = bundles;
		this.clock = clock;
	}

	/**
	 * Stops the start where no handshake could succeed, and warns where clients will
	 * refuse the certificate for its date.
	 * @param prefix what the properties of the port's TLS begin with
	 * @throws TlsException where the certificate cannot be used
	 */
	void check(String prefix, @Nullable Ssl ssl) {
		if (ssl == null || !Ssl.isEnabled(ssl)) {
			return;
		}
		String source = source(prefix, ssl);
		try {
			SslBundle bundle = WebServerSslBundle.get(ssl, this.bundles);
			KeyStore keys = bundle.getStores().getKeyStore();
			if (keys != null) {
				bundle.getKey().assertContainsAlias(keys);
			}
			TlsKeys.check(bundle);
			for (X509Certificate certificate : TlsKeys.certificates(bundle)) {
				checkDates(certificate, source);
			}
		}
		catch (GeneralSecurityException | RuntimeException ex) {
			throw TlsException.of(source, ex);
		}
	}

	private static String source(String prefix, Ssl ssl) {
		if (ssl.getBundle() != null) {
			return "the bundle " + ssl.getBundle() + " (" + prefix + ".bundle)";
		}
		return prefix + ((ssl.getCertificate() != null) ? ".certificate" : ".key-store");
	}

	private void checkDates(X509Certificate certificate, String source) {
		Instant begin = certificate.getNotBefore().toInstant();
		Instant end = certificate.getNotAfter().toInstant();
		Instant now = this.clock.instant();
		if (now.isBefore(begin)) {
			warn(certificate, source, "is not valid before " + begin);
		}
		if (now.isAfter(end)) {
			warn(certificate, source, "expired at " + end);
		}
	}

	private static void warn(X509Certificate certificate, String source, String dated) {
		logger.warn("The certificate {} of {} {}, so clients refuse it",
				certificate.getSubjectX500Principal().getName(), source, dated);
	}

}
