package dev.usher.jetty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;

import dev.usher.access.ClientAddress;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * Accepts connections that end well. Takes the place of the connectors that Spring Boot
 * makes, with all that was set on them, because Jetty has no other place for an end point
 * of one's own.
 */
public final class GuardedConnector extends ServerConnector {

	private final Lingerer lingerer;

	private GuardedConnector(ServerConnector model, ClientAddress addresses, Duration requestTimeout) {
		super(model.getServer(), null, null, null, model.getAcceptors(), model.getSelectorManager().getSelectorCount(),
				model.getConnectionFactories().toArray(ConnectionFactory[]::new));
		setDefaultProtocol(model.getDefaultProtocol());
		setHost(model.getHost());
		setPort(model.getPort());
		setIdleTimeout(model.getIdleTimeout());
		setAcceptQueueSize(model.getAcceptQueueSize());
		setShutdownIdleTimeout(model.getShutdownIdleTimeout());
		try {
			this.lingerer = new Lingerer(Lingerer.Limits.USUAL, addresses::holder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		addBean(this.lingerer);
		addBean(new SlowRequestGuard(getScheduler(), requestTimeout.toMillis()));
	}

	/**
	 * Puts such connectors in the place of a server's. Before it starts, after all else
	 * was set on them.
	 * @param addresses tells proxies from clients
	 * @param requestTimeout how long a request may take to arrive
	 */
	public static void guard(Server server, ClientAddress addresses, Duration requestTimeout) {
		server.setConnectors(Arrays.stream(server.getConnectors())
			.map((each) -> (each instanceof ServerConnector model)
					? new GuardedConnector(model, addresses, requestTimeout) : each)
			.toArray(Connector[]::new));
	}

	@Override
	protected void doStart() throws Exception {
		super.doStart();
		SslConnectionFactory tls = getConnectionFactory(SslConnectionFactory.class);
		if (tls != null) {
			checkAlias(tls.getSslContextFactory());
		}
	}

	/** As the connector of Spring Boot does: without it TLS fails at each handshake. */
	private static void checkAlias(SslContextFactory.Server context) throws Exception {
		String alias = context.getCertAlias();
		KeyStore keys = context.getKeyStore();
		if (alias != null && keys != null && !keys.containsAlias(alias)) {
			throw new IllegalStateException("Keystore does not contain alias '" + alias + "'");
		}
	}

	@Override
	protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
		SocketChannelEndPoint endPoint = new LingeringEndPoint(channel, selector, key, getScheduler(), this.lingerer);
		endPoint.setIdleTimeout(getIdleTimeout());
		return endPoint;
	}

}
