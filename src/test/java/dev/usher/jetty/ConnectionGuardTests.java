package dev.usher.jetty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import dev.usher.testing.TestTls;
import org.awaitility.Awaitility;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** How many connections an address has, and which of them are cut. */
class ConnectionGuardTests {

	private static final String HEALTH = "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\n";

	@TempDir
	private Path folder;

	private final List<Socket> sockets = new ArrayList<>();

	@AfterEach
	void close() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	private Socket open(HttpNode node, String from) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(2048);
		socket.bind(new InetSocketAddress(from, 0));
		socket.connect(new InetSocketAddress("127.0.0.1", node.port()));
		this.sockets.add(socket);
		return socket;
	}

	private static boolean isCut(Socket socket) {
		try {
			socket.setSoTimeout(1);
			return socket.getInputStream().read() < 0;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	private static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
	}

	private static String answer(Socket socket) throws IOException {
		socket.setSoTimeout(30_000);
		byte[] buffer = new byte[8192];
		int count = socket.getInputStream().read(buffer);
		assertThat(count).as("bytes of an answer").isPositive();
		return new String(buffer, 0, count, StandardCharsets.US_ASCII);
	}

	@Test
	void addressWhenItHasTooManyThenTheIdlestAreCutAndTheNewestIsServed() throws IOException {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.http.per-address=5")) {
			Socket other = open(node, "127.0.0.4");
			for (int i = 0; i < 20; i++) {
				open(node, "127.0.0.3");
			}
			// Those of one millisecond are equally idle, whichever came first.
			List<Socket> many = List.copyOf(this.sockets.subList(1, 21));
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> many.stream().filter(ConnectionGuardTests::isCut).count() == 15);
			Socket newest = open(node, "127.0.0.3");
			send(newest, HEALTH + "\r\n");
			assertThat(answer(newest)).startsWith("HTTP/1.1 200 ");
			send(other, HEALTH + "\r\n");
			assertThat(answer(other)).startsWith("HTTP/1.1 200 ");
			// What is cut to make room for the newest is cut on another thread.
			Awaitility.await()
				.until(() -> this.sockets.stream().skip(1).filter((socket) -> !isCut(socket)).count() == 5);
			assertThat(isCut(newest)).isFalse();
		}
	}

	@Test
	void connectionsWhenSomeCannotBeLookedAtThenAllOthersThatAreLateAreCut() {
		ConnectionGuard guard = new ConnectionGuard(null, null, new ConnectionLimits(0, Duration.ZERO, 0));
		List<EndPoint> late = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			Arriving connection = new Arriving(i % 2 == 0);
			guard.onOpened(connection);
			if (!connection.failing) {
				late.add(connection.getEndPoint());
			}
		}
		guard.sweep();
		assertThat(late).hasSize(20).noneMatch(EndPoint::isOpen);
	}

	@Test
	void proxyWhenItHasManyThenNoneIsCutAndRequestsCountForThoseBehindIt() throws IOException {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.http.per-address=5", "usher.proxies=127.0.0.5")) {
			String slow = "POST /auth/login HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.7\r\n"
					+ "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{";
			for (int i = 0; i < 5; i++) {
				send(open(node, "127.0.0.5"), slow);
			}
			Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
				Socket sixth = open(node, "127.0.0.5");
				send(sixth, HEALTH + "X-Forwarded-For: 192.0.2.7\r\n\r\n");
				assertThat(answer(sixth)).startsWith("HTTP/1.1 503 ")
					.contains("\"code\":\"overloaded\"", "Retry-After");
			});
			Socket another = open(node, "127.0.0.5");
			send(another, HEALTH + "X-Forwarded-For: 192.0.2.8\r\n\r\n");
			assertThat(answer(another)).startsWith("HTTP/1.1 200 ");
			assertThat(this.sockets.subList(0, 5)).noneMatch(ConnectionGuardTests::isCut);
		}
	}

	/** A large body waits for a place while others have them all, and then is cut. */
	@Test
	void requestWhenItIsCutWhileItWaitsThenItCountsNoMore() throws IOException {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.http.per-address=25")) {
			node.makeUser("holder", "service");
			node.makeUser("waiter", "service");
			String holding = large(node.login("holder").text("access_token"));
			for (int i = 0; i < 50; i++) {
				send(open(node, (i % 2 == 0) ? "127.0.0.7" : "127.0.0.9"), holding);
			}
			String waiting = large(node.login("waiter").text("access_token"));
			for (int i = 0; i < 60; i++) {
				send(open(node, "127.0.0.8"), waiting);
			}
			Socket newest = open(node, "127.0.0.8");
			send(newest, HEALTH + "\r\n");
			assertThat(answer(newest)).startsWith("HTTP/1.1 200 ");
		}
	}

	private static String large(String token) {
		return "POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ "Authorization: Bearer " + token + "\r\nContent-Length: 1000000\r\n\r\n[";
	}

	@Test
	void answerWhenItIsNotTakenThenItsConnectionIsCut() throws IOException {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.http.request-timeout=1s")) {
			Socket deaf = open(node, "127.0.0.3");
			send(deaf, "GET /swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20));
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> isReset(deaf));
		}
	}

	/** A connection that was cut with unsent bytes is reset, which a write shows. */
	private static boolean isReset(Socket socket) {
		try {
			socket.getOutputStream().write('\r');
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	@Test
	void handshakeOfTlsWhenItNeverEndsThenItIsCut() throws IOException {
		List<String> properties = new ArrayList<>(TestTls.properties(TestTls.certificate(this.folder, "localhost")));
		properties.add("usher.http.request-timeout=1s");
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, properties.toArray(String[]::new))) {
			Socket silent = open(node, "127.0.0.3");
			Socket slow = open(node, "127.0.0.3");
			// The head of a record that has 512 bytes, of which one comes now and then.
			slow.getOutputStream().write(new byte[] { 0x16, 3, 1, 2, 0 });
			Awaitility.await().pollInterval(Duration.ofMillis(100)).until(() -> isReset(slow) && isCut(silent));
		}
	}

	@Test
	void connectionWhenItIsIdleAfterARequestWithABodyThenItIsNotTakenForALateOne() throws IOException {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.http.request-timeout=3s")) {
			Socket idle = open(node, "127.0.0.6");
			send(idle, "POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
					+ "Content-Length: 2\r\n\r\n{}");
			String refusal = answer(idle);
			while (!refusal.endsWith("\r\n0\r\n\r\n")) {
				refusal += answer(idle);
			}
			assertThat(refusal).startsWith("HTTP/1.1 400 ");
			for (int i = 0; i < 2; i++) {
				Socket late = open(node, "127.0.0.6");
				send(late, "GET /");
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> isCut(late));
			}
			send(idle, HEALTH + "\r\n");
			assertThat(answer(idle)).startsWith("HTTP/1.1 200 ");
		}
	}

	/** A request of which one byte has come. */
	private static final class Arriving extends HttpConnection {

		private final boolean failing;

		Arriving(boolean failing) {
			super(new HttpConfiguration(), new LocalConnector(new Server()), new ByteArrayEndPoint() {
				@Override
				public SocketAddress getRemoteSocketAddress() {
					return UnixDomainSocketAddress.of("of-nobody");
				}
			});
			this.failing = failing;
		}

		@Override
		public long getBytesIn() {
			if (this.failing) {
				throw new IllegalStateException("on purpose");
			}
			return 1;
		}

	}

}
