package dev.usher.jetty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

import dev.usher.edge.ClientAddress;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Whom the idle timeout of a connection ends. */
class LingeringEndPointTests {

	private static final String HEAD = "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ";

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED);
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	private static Server serve(Handler handler, Duration idle) throws Exception {
		Server server = new Server();
		ServerConnector connector = new ServerConnector(server);
		connector.setIdleTimeout(idle.toMillis());
		server.addConnector(connector);
		server.setHandler(handler);
		GuardedConnector.guard(server, node.bean(ClientAddress.class),
				new ConnectionLimits(0, Duration.ofMinutes(1), 0));
		server.start();
		return server;
	}

	private static String ask(Server server, String request) throws IOException {
		try (Socket socket = new Socket()) {
			socket.connect(
					new InetSocketAddress("127.0.0.1", ((ServerConnector) server.getConnectors()[0]).getLocalPort()));
			socket.setSoTimeout(60_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

	/** The time is over while the first part of the answer is on its way. */
	@Test
	void answerWhenItTakesAsLongAsTheIdleTimeoutThenIsWhole() throws Exception {
		Server server = serve(new Handler.Abstract() {

			@Override
			public boolean handle(Request request, Response response, Callback callback) {
				EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
				request.addHttpStreamWrapper((stream) -> new LateStream(stream, LingeringEndPoint.below(endPoint)));
				Content.Sink.write(response, false, "first ",
						Callback.from(() -> Content.Sink.write(response, true, "last", callback), callback::failed));
				return true;
			}

		}, Duration.ofMinutes(1));
		assertThat(ask(server, HEAD + "0\r\n\r\n")).startsWith("HTTP/1.1 200").endsWith("first last");
		server.stop();
	}

	@Test
	void requestWhenItsClientIsSilentThenIsEndedByTheIdleTimeout() throws Exception {
		Server server = serve(new Handler.Abstract() {

			@Override
			public boolean handle(Request request, Response response, Callback callback) {
				Content.Source.consumeAll(request, callback);
				return true;
			}

		}, Duration.ofMillis(100));
		assertThat(ask(server, "GET")).isEmpty();
		assertThat(ask(server, HEAD + "10\r\n\r\nhalf")).doesNotContain("200");
		server.stop();
	}

	/** The connection has been idle for too long when something was just written. */
	private static final class LateStream extends HttpStream.Wrapper {

		private final LingeringEndPoint endPoint;

		private LateStream(HttpStream stream, LingeringEndPoint endPoint) {
			super(stream);
			this.endPoint = endPoint;
		}

		@Override
		public void send(MetaData.Request request, MetaData.Response response, boolean last, ByteBuffer content,
				Callback callback) {
			super.send(request, response, last, content, Callback.from(() -> {
				this.endPoint.onIdleExpired(new TimeoutException("idle"));
				callback.succeeded();
			}, callback::failed));
		}

	}

}
