package dev.usher.jetty;

import java.security.Provider;
import java.security.Security;
import java.util.List;

import org.conscrypt.Conscrypt;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the connectors that listen with a certificate their implementation of TLS. It
 * takes a fifth of the JDK's processor time for a full handshake with Conscrypt, see
 * {@code src/docs/decisions.md}.
 */
final class TlsProvider {

	private static final Logger logger = LoggerFactory.getLogger(TlsProvider.class);

	private TlsProvider() {
	}

	/** Chooses, once the connectors are there and before they start. */
	static void use(Server jetty, TlsProperties.Provider wanted) {
		for (Connector connector : jetty.getConnectors()) {
			if (connector instanceof AbstractConnector each) {
				SslConnectionFactory factory = each.getConnectionFactory(SslConnectionFactory.class);
				if (factory != null) {
					use(each, factory, wanted);
				}
			}
		}
	}

	private static void use(AbstractConnector connector, SslConnectionFactory factory, TlsProperties.Provider wanted) {
		SslContextFactory.Server context = factory.getSslContextFactory();
		if (context.getIncludeProtocols().length == 0) {
			// Whatever an engine of its own accord speaks beside them.
			context.setIncludeProtocols("TLSv1.2", "TLSv1.3");
		}
		String missing = (wanted != TlsProperties.Provider.JDK) ? whyConscryptIsMissing() : null;
		if (missing != null) {
			logger.info("TLS is the JDK's, because Conscrypt cannot be used here: {}", missing);
		}
		if (wanted == TlsProperties.Provider.JDK || missing != null) {
			replace(connector, factory, new LingeringTls.Factory(factory));
			return;
		}
		context.setProvider(conscrypt().getName());
		replace(connector, factory, new ConscryptConnectionFactory(factory));
	}

	/** Why it cannot be used, or null where it can. */
	static @Nullable String whyConscryptIsMissing() {
		try {
			Conscrypt.checkAvailability();
			return null;
		}
		catch (LinkageError ex) {
			String message = String.valueOf(ex.getMessage());
			return "its native library does not load (" + message.lines().findFirst().orElse("") + ")";
		}
	}

	private static Provider conscrypt() {
		Provider provider = Security.getProvider("Conscrypt");
		if (provider == null) {
			// The JDK goes on to judge the certificates of clients.
			provider = Conscrypt.newProviderBuilder().provideTrustManager(false).build();
			// Last, so that whoever names no provider gets what they always got.
			Security.addProvider(provider);
		}
		return provider;
	}

	private static void replace(AbstractConnector connector, ConnectionFactory old, ConnectionFactory replacement) {
		List<ConnectionFactory> factories = connector.getConnectionFactories()
			.stream()
			.map((each) -> (each == old) ? replacement : each)
			.toList();
		connector.setConnectionFactories(factories);
	}

}
