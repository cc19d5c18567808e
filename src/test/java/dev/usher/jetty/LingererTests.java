package dev.usher.jetty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.usher.jetty.Lingerer.Limits;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** To linger must be of no use to an attacker. */
class LingererTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private static final long MANY = Long.MAX_VALUE;

	private static final String BROKEN = "127.0.0.99";

	private final List<Socket> clients = new ArrayList<>();

	private final List<SocketChannel> channels = new ArrayList<>();

	private ServerSocketChannel server;

	private Lingerer lingerer;

	@BeforeEach
	void listen() throws IOException {
		this.server = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
	}

	@AfterEach
	void stop() throws Exception {
		this.lingerer.stop();
		for (Socket client : this.clients) {
			client.close();
		}
		this.server.close();
	}

	private void start(int most, int mostOfHolder, Duration longest, Duration silence, long bytes) throws Exception {
		this.lingerer = new Lingerer(new Limits(most, mostOfHolder, longest, silence, bytes), LingererTests::holder);
		this.lingerer.start();
	}

	private static String holder(InetAddress address) {
		if (address.getHostAddress().equals(BROKEN)) {
			throw new AssertionError("of this address nobody can say whose it is");
		}
		return address.getHostAddress();
	}

	/** A connection that lingers from now on; the address is one of this machine. */
	private Socket linger(String from) throws IOException {
		Socket client = new Socket();
		client.bind(new InetSocketAddress(from, 0));
		client.connect(this.server.getLocalAddress());
		this.clients.add(client);
		SocketChannel channel = this.server.accept();
		channel.configureBlocking(false);
		this.channels.add(channel);
		this.lingerer.take(channel);
		return client;
	}

	private void awaitClosed(int number) {
		Awaitility.await().untilAsserted(() -> assertThat(closed()).isEqualTo(number));
	}

	private long closed() {
		return this.channels.stream().filter((channel) -> !channel.isOpen()).count();
	}

	@Test
	void clientWhenItHasReadTheEndThenItsConnectionIsClosed() throws Exception {
		start(10, 10, LONG, LONG, MANY);
		Socket client = linger("127.0.0.1");
		client.getOutputStream().write(new byte[1_000_000]);
		assertThat(client.getInputStream().read()).isEqualTo(-1);
		assertThat(closed()).isZero();
		client.close();
		awaitClosed(1);
	}

	@Test
	void connectionsWhenTheyAreOfOneAddressThenTheOldestGoes() throws Exception {
		start(100, 3, LONG, LONG, MANY);
		Socket other = linger("127.0.0.2");
		for (int i = 0; i < 10; i++) {
			linger("127.0.0.3");
		}
		awaitClosed(7);
		assertThat(this.channels.get(0).isOpen()).isTrue();
		assertThat(this.channels.subList(1, 8)).noneMatch(SocketChannel::isOpen);
		other.getOutputStream().write(1);
		assertThat(other.getInputStream().read()).isEqualTo(-1);
	}

	@Test
	void connectionsWhenOneFailsThenItIsClosedAndTheOthersLinger() throws Exception {
		start(10, 10, LONG, LONG, MANY);
		linger(BROKEN);
		awaitClosed(1);
		Socket client = linger("127.0.0.1");
		client.getOutputStream().write(new byte[1_000_000]);
		assertThat(client.getInputStream().read()).isEqualTo(-1);
		client.close();
		awaitClosed(2);
	}

	@Test
	void connectionsWhenTheyAreTooManyThenTheOldestGoes() throws Exception {
		start(5, 5, LONG, LONG, MANY);
		for (int i = 0; i < 30; i++) {
			linger("127.0.0." + (2 + i % 10));
		}
		awaitClosed(25);
		assertThat(this.channels.subList(25, 30)).allMatch(SocketChannel::isOpen);
	}

	@Test
	void clientWhenItSendsNothingMoreThenItIsCut() throws Exception {
		start(10, 10, LONG, Duration.ofMillis(100), MANY);
		linger("127.0.0.1");
		awaitClosed(1);
	}

	@Test
	void clientWhenItTricklesThenItIsCutAllTheSame() throws Exception {
		start(10, 10, Duration.ofSeconds(1), LONG, MANY);
		Socket client = linger("127.0.0.1");
		Awaitility.await().pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
			if (this.channels.get(0).isOpen()) {
				client.getOutputStream().write('x');
			}
			assertThat(this.channels).noneMatch(SocketChannel::isOpen);
		});
	}

	@Test
	void clientWhenItSendsWithoutEndThenItIsCut() throws Exception {
		start(10, 10, LONG, LONG, 1_000_000);
		Socket client = linger("127.0.0.1");
		byte[] piece = new byte[100_000];
		try {
			for (int i = 0; i < 1000; i++) {
				client.getOutputStream().write(piece);
			}
		}
		catch (IOException ex) {
			// Cut, as it should be.
		}
		awaitClosed(1);
	}

}
