package dev.usher.jetty;

import java.security.KeyStore;

import dev.usher.thread.FatalErrors;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ssl.SslBundle;

/**
 * Takes a new certificate into use without a restart: Spring Boot notices that the files
 * of a bundle have changed, but tells Jetty nothing of it. Connections that are open stay
 * as they are; a certificate that cannot be used leaves the old one in place.
 */
final class TlsReload {

	private static final Logger logger = LoggerFactory.getLogger(TlsReload.class);

	private final Server server;

	TlsReload(Server server) {
		this.server = server;
	}

	void onUpdate(SslBundle bundle) {
		for (Connector connector : this.server.getConnectors()) {
			SslConnectionFactory factory = connector.getConnectionFactory(SslConnectionFactory.class);
			if (factory != null) {
				reload(factory.getSslContextFactory(), bundle);
			}
		}
	}

	private static void reload(SslContextFactory.Server context, SslBundle bundle) {
		KeyStore keys = context.getKeyStore();
		KeyStore trusted = context.getTrustStore();
		try {
			TlsKeys.check(bundle);
			use(context, bundle.getStores().getKeyStore(), bundle.getStores().getTrustStore());
			logger.info("The TLS certificate was reloaded");
		}
		catch (Throwable ex) {
			// What is half exchanged must go back whatever it was.
			FatalErrors.endIfFatal(ex);
			logger.error("The new TLS certificate cannot be used, so the old one stays: {}", reason(ex));
			restore(context, keys, trusted);
		}
	}

	private static String reason(Throwable ex) {
		return (ex instanceof TlsKeys.MismatchException) ? String.valueOf(ex.getMessage()) : ex.toString();
	}

	private static void restore(SslContextFactory.Server context, @Nullable KeyStore keys, @Nullable KeyStore trusted) {
		try {
			use(context, keys, trusted);
		}
		catch (Exception ex) {
			logger.error("The old TLS certificate cannot be used any more either: {}", ex.toString());
		}
	}

	private static void use(SslContextFactory.Server context, @Nullable KeyStore keys, @Nullable KeyStore trusted)
			throws Exception {
		context.reload((factory) -> {
			factory.setKeyStore(keys);
			factory.setTrustStore(trusted);
		});
	}

}
