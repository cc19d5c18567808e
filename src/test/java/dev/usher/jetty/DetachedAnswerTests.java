package dev.usher.jetty;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a servlet writes holds no thread, and arrives whole however slowly it is read. */
class DetachedAnswerTests {

	private static final String PAGE = "GET /openapi HTTP/1.1\r\nHost: localhost\r\n";

	/** Fewer than the sockets that take nothing. */
	private static final int THREADS = 8;

	private final List<Socket> sockets = new ArrayList<>();

	private HttpNode node;

	@BeforeEach
	void start() {
		this.node = HttpNode.start(Store.EMBEDDED, "server.jetty.threads.max=" + THREADS,
				"server.jetty.threads.min=" + THREADS, "server.jetty.threads.acceptors=1",
				"server.jetty.threads.selectors=1");
		// Made when it is asked for the first time, which takes long.
		assertThat(this.node.get("/openapi", null).status()).isEqualTo(200);
	}

	@AfterEach
	void stop() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
		this.node.close();
	}

	private Socket open() throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(2048);
		socket.setSoTimeout(60_000);
		socket.connect(new InetSocketAddress("127.0.0.1", this.node.port()));
		this.sockets.add(socket);
		return socket;
	}

	private static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
	}

	@Test
	void threadsWhenClientsTakeNothingThenServeOthers() throws IOException {
		for (int i = 0; i < 2 * THREADS; i++) {
			send(open(), (PAGE + "\r\n").repeat(100));
		}
		for (int i = 0; i < 20; i++) {
			assertThat(this.node.get("/oauth2/jwks", null).status()).isEqualTo(200);
		}
	}

	@Test
	void answerWhenReadSlowlyThenIsWhole() throws IOException {
		String body = this.node.get("/openapi", null).response().body();
		Socket socket = open();
		send(socket, (PAGE + "\r\n").repeat(30) + PAGE + "Connection: close\r\n\r\n");
		ByteArrayOutputStream read = new ByteArrayOutputStream();
		byte[] buffer = new byte[4096];
		for (int count = socket.getInputStream().read(buffer); count >= 0; count = socket.getInputStream()
			.read(buffer)) {
			read.write(buffer, 0, count);
		}
		String all = read.toString(StandardCharsets.UTF_8);
		assertThat(all.split("HTTP/1.1 200 OK", -1)).hasSize(32);
		assertThat(all.endsWith(body) || all.endsWith("0\r\n\r\n")).isTrue();
		assertThat(all.split(java.util.regex.Pattern.quote(body.substring(body.length() - 40)), -1)).hasSize(32);
	}

}
