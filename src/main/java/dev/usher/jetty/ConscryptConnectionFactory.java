package dev.usher.jetty;

import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

import org.conscrypt.Conscrypt;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections whose engine is native. It reads and writes direct buffers alone, and keeps
 * memory that the collector does not see.
 */
final class ConscryptConnectionFactory extends LingeringTls.Factory {

	/** As a factory that had the JDK's engine. */
	ConscryptConnectionFactory(SslConnectionFactory other) {
		super(other);
		setDirectBuffersForEncryption(true);
		setDirectBuffersForDecryption(true);
	}

	@Override
	protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
		// Without tickets no session of TLS 1.3 is ever resumed.
		Conscrypt.setUseSessionTickets(engine, true);
		return new NativeConnection(this, connector, endPoint, engine);
	}

	private static final class NativeConnection extends LingeringTls {

		private static final Logger logger = LoggerFactory.getLogger(NativeConnection.class);

		/** The most that goes into one record. */
		private static final int RECORD = 16 * 1024;

		private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

		private static final ThreadLocal<ByteBuffer> GATHERED = ThreadLocal
			.withInitial(() -> ByteBuffer.allocateDirect(RECORD));

		/** What a close leaves to send, and where it goes: nowhere. */
		private static final ThreadLocal<ByteBuffer> LEFT = ThreadLocal
			.withInitial(() -> ByteBuffer.allocateDirect(2 * RECORD));

		NativeConnection(SslConnectionFactory factory, Connector connector, EndPoint endPoint, SSLEngine engine) {
			super(factory, connector, endPoint, engine);
		}

		/**
		 * Gives the engine one direct buffer. From several, or from one on the heap, it
		 * would copy into a buffer of 16 KB that it makes for itself and never lets go.
		 */
		@Override
		protected SSLEngineResult wrap(SSLEngine engine, ByteBuffer[] input, ByteBuffer output) throws SSLException {
			if (input.length == 1 && input[0].isDirect()) {
				return engine.wrap(input[0], output);
			}
			ByteBuffer gathered = GATHERED.get().clear();
			for (ByteBuffer each : input) {
				int length = Math.min(each.remaining(), gathered.remaining());
				gathered.put(gathered.position(), each, each.position(), length);
				gathered.position(gathered.position() + length);
			}
			SSLEngineResult result = engine.wrap(gathered.flip(), output);
			int consumed = result.bytesConsumed();
			for (ByteBuffer each : input) {
				int length = Math.min(each.remaining(), consumed);
				each.position(each.position() + length);
				consumed -= length;
			}
			return result;
		}

		/**
		 * Frees the engine's memory now: a collector that sees a few hundred bytes of it
		 * may not come for hours.
		 */
		@Override
		public void onClose(@Nullable Throwable cause) {
			super.onClose(cause);
			SSLEngine engine = getSSLEngine();
			try {
				engine.closeOutbound();
				engine.wrap(NOTHING.duplicate(), LEFT.get().clear());
				engine.closeInbound();
			}
			catch (SSLException ex) {
				logger.debug("The engine of a connection that is gone", ex);
			}
		}

	}

}
