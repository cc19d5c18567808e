package dev.usher.jetty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.security.KeyStore;
import java.util.Arrays;

import dev.usher.edge.ClientAddress;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * Accepts connections that end well. Takes the place of the connectors that Spring Boot
 * makes, with all that was set on them, because Jetty has no other place for an end point
 * of one's own.
 */
final class GuardedConnector extends ServerConnector {

	private final Lingerer lingerer;

	private GuardedConnector(ServerConnector model, ClientAddress addresses, ConnectionLimits limits) {
		super(model.getServer(), null, null, null, model.getAcceptors(), model.getSelectorManager().getSelectorCount(),
				model.getConnectionFactories().toArray(ConnectionFactory[]::new));
		setDefaultProtocol(model.getDefaultProtocol());
		setHost(model.getHost());
		setPort(model.getPort());
		setIdleTimeout(model.getIdleTimeout());
		setAcceptQueueSize(model.getAcceptQueueSize());
		setShutdownIdleTimeout(model.getShutdownIdleTimeout());
		try {
			this.lingerer = new Lingerer(Lingerer.Limits.USUAL, (peer) -> addresses.holder(peer.getHostAddress()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		addBean(this.lingerer);
		addBean(new ConnectionGuard(getScheduler(), addresses, limits));
	}

	/**
	 * Puts such connectors in the place of a server's. Before it starts, after all else
	 * was set on them.
	 * @param addresses tells proxies from clients
	 * @param limits what connections may hold
	 */
	public static void guard(Server server, ClientAddress addresses, ConnectionLimits limits) {
		server.setConnectors(Arrays.stream(server.getConnectors())
			.map((each) -> (each instanceof ServerConnector model) ? new GuardedConnector(model, addresses, limits)
					: each)
			.toArray(Connector[]::new));
	}

	/** Cuts the connection of a request whose client is owed nothing. Any thread. */
	public static void cut(Request request) {
		LingeringEndPoint.cut(request.getConnectionMetaData().getConnection().getEndPoint());
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
