package dev.usher.jetty;

import javax.net.ssl.SSLEngine;

import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * TLS above a {@link LingeringEndPoint}. It holds bytes that have left the socket and
 * were not parsed. Once Jetty's parser has given up, those are not offered to it: Jetty
 * would close the connection at once, and the client would lose an answer that is on its
 * way.
 */
class LingeringTls extends SslConnection {

	/** Makes one with what its factory says. */
	protected LingeringTls(SslConnectionFactory factory, Connector connector, EndPoint endPoint, SSLEngine engine) {
		super(connector.getByteBufferPool(), connector.getExecutor(), factory.getSslContextFactory(), endPoint, engine,
				factory.isDirectBuffersForEncryption(), factory.isDirectBuffersForDecryption());
	}

	@Override
	protected SslEndPoint newSslEndPoint() {
		return new DecryptedEndPoint();
	}

	/** Gives a connector connections of this class instead of Jetty's. */
	public static class Factory extends SslConnectionFactory {

		/** With the certificates of another factory, and the same protocol above. */
		public Factory(SslConnectionFactory other) {
			super(other.getSslContextFactory(), other.getNextProtocol());
		}

		@Override
		protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
			return new LingeringTls(this, connector, endPoint, engine);
		}

	}

	private final class DecryptedEndPoint extends SslEndPoint {

		@Override
		protected void needsFillInterest() {
			if (!LingeringEndPoint.isGivenUp(getConnection())) {
				super.needsFillInterest();
			}
		}

		@Override
		public void doShutdownOutput() {
			if (getConnection() instanceof HttpConnection && getEndPoint() instanceof LingeringEndPoint below) {
				below.lastWord();
			}
			super.doShutdownOutput();
		}

		/**
		 * Not while the goodbye waits for the client: the end point below closes then.
		 */
		@Override
		public void doClose() {
			if (!(getEndPoint() instanceof LingeringEndPoint below && below.isEnding())) {
				super.doClose();
			}
		}

	}

}
