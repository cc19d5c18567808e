package dev.usher.attack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Attackers without a login who hold what others need, and others who need it all the
 * while: for {@code attack.seconds}, 8 by default.
 */
@Tag("alone")
class HoldingIT {

	private static final Duration LASTS = Duration.ofSeconds(Integer.getInteger("attack.seconds", 8));

	private static final Duration AGAIN = Duration.ofSeconds(7);

	/** A machine that builds other things meanwhile is slower now and then. */
	private static final double PROMPT = 0.9;

	/** After which what costs no room is sent again. */
	private static final Duration SOON = Duration.ofSeconds(2);

	private static final String STRANGER = "127.0.0.3";

	private static final int PATIENCE_MILLIS = 10_000;

	private static final String FILE = "GET /swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n";

	private static final String LOGIN = "POST /auth/login HTTP/1.1\r\nHost: localhost\r\n"
			+ "Content-Type: application/json\r\n";

	private static final String REFUSED = "GET /ws HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n"
			+ "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
			+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

	private static Target target;

	@BeforeAll
	static void start() {
		target = Target.start("512m");
		target.awaitUp();
		target.account("owner");
	}

	@AfterAll
	static void stop() {
		target.stop();
	}

	@Test
	void othersWhenHundredsReadNothingOfLargeFilesThenAreServed() {
		byte[] requests = FILE.repeat(6).getBytes(StandardCharsets.US_ASCII);
		SilentSockets crowd = new SilentSockets(target.port(), 2048, (i) -> STRANGER);
		holds(crowd, AGAIN, () -> crowd.open(300, requests));
	}

	@Test
	void othersWhenHundredsOfAddressesReadNothingThenAreServed() {
		byte[] requests = FILE.repeat(6).getBytes(StandardCharsets.US_ASCII);
		SilentSockets crowd = new SilentSockets(target.port(), 2048, SilentSockets::scattered);
		holds(crowd, AGAIN, () -> crowd.open(300, requests));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void othersWhenManyBodiesAreUnfinishedThenAreServed(boolean scattered) {
		SilentSockets crowd = new SilentSockets(target.port(), 2048,
				(scattered) ? SilentSockets::scattered : (i) -> STRANGER);
		holds(crowd, AGAIN, () -> {
			// Smaller and smaller ones, to leave no byte of room.
			crowd.open(770, unfinished(44_000));
			crowd.open(60, unfinished(1000));
			crowd.open(80, unfinished(20));
		});
	}

	private static byte[] unfinished(int length) {
		return ("POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ "Content-Length: 60000\r\n\r\n" + " ".repeat(length))
			.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * From as many networks as there are strangers, and each time for a name of its own,
	 * so that neither bucket holds them up: what is left is the queue.
	 */
	@Test
	void othersWhenStrangersFillTheQueueOfHashesThenAreServed() {
		SilentSockets crowd = new SilentSockets(target.port(), 100_000, SilentSockets::scattered);
		AtomicInteger name = new AtomicInteger();
		holds(crowd, SOON, () -> crowd.open(150, (i) -> {
			StringBuilder requests = new StringBuilder();
			for (int guess = 0; guess < 3; guess++) {
				String body = "{\"username\":\"stranger" + name.incrementAndGet() + "\",\"password\":\"guess\"}";
				requests.append(LOGIN).append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
			}
			return requests.toString().getBytes(StandardCharsets.US_ASCII);
		}));
	}

	/** Refused handshakes, aborted downloads, two hosts, broken chunks. */
	@Test
	void othersWhenTheLogIsFloodedThenAreServedAndItStaysShort() {
		int before = target.process().output().length();
		byte[] refused = REFUSED.repeat(100).getBytes(StandardCharsets.US_ASCII);
		SilentSockets crowd = new SilentSockets(target.port(), 2048, (i) -> STRANGER);
		holds(crowd, SOON, () -> {
			crowd.open(20, refused);
			crowd.open(20, FILE.repeat(4).getBytes(StandardCharsets.US_ASCII));
			crowd.open(20, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			crowd.open(20, (LOGIN + "Transfer-Encoding: chunked\r\n\r\nzz\r\n").getBytes(StandardCharsets.US_ASCII));
		});
		String added = target.process().output().substring(before);
		assertThat(added).contains("reason=\"forbidden\" times=").doesNotContain(" ERROR ");
		// The first page of an origin that nobody listed, once an hour.
		assertThat(added.lines().filter((line) -> line.contains(" WARN ") && !line.contains("usher.origins[0]=")))
			.isEmpty();
		// Logins of those who are served have lines of their own, half a second apart.
		assertThat(added.lines().filter((line) -> !line.contains("login success")))
			.hasSizeLessThan(50 + 20 * (int) LASTS.toSeconds());
	}

	/** Lets the crowd in again and again, and asks what others ask meanwhile. */
	private static void holds(SilentSockets crowd, Duration again, Runnable attack) {
		List<Long> health = new ArrayList<>();
		List<Long> logins = new ArrayList<>();
		long slowHealth = askHealth();
		long slowLogin = askLogin();
		long end = System.nanoTime() + LASTS.toNanos();
		try (crowd) {
			while (System.nanoTime() < end) {
				crowd.close();
				attack.run();
				long next = Math.min(System.nanoTime() + again.toNanos(), end);
				do {
					health.add(askHealth());
					logins.add(askLogin());
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
				}
				while (System.nanoTime() < next);
			}
		}
		// Where that is slow without an attack, the machine is.
		assertPrompt("liveness", health, Math.max(1000, 3 * slowHealth));
		assertPrompt("logins", logins, Math.max(2000, 3 * slowLogin));
		assertThat(target.process().output()).doesNotContain("\tat ", "OutOfMemory");
	}

	private static long askHealth() {
		return ask("GET /actuator/health/liveness HTTP/1.1\r\nHost: localhost\r\n", "");
	}

	private static long askLogin() {
		return ask(LOGIN, "{\"username\":\"owner\",\"password\":\"" + Target.PASSWORD + "\"}");
	}

	private static void assertPrompt(String what, List<Long> millis, long limit) {
		List<Long> sorted = millis.stream().sorted().toList();
		System.out.printf("%s: %d, median %d ms, slowest %d ms%n", what, sorted.size(), sorted.get(sorted.size() / 2),
				sorted.get(sorted.size() - 1));
		long prompt = millis.stream().filter((each) -> each <= limit).count();
		assertThat(prompt).as("%s: of %s within %d ms", what, millis, limit)
			.isGreaterThanOrEqualTo((long) (millis.size() * PROMPT));
	}

	/** How many milliseconds a 200 took, which comes in any case. */
	private static long ask(String head, String body) {
		long start = System.nanoTime();
		try (Socket socket = new Socket()) {
			socket.bind(new InetSocketAddress("127.0.0.2", 0));
			socket.setSoTimeout(PATIENCE_MILLIS);
			socket.connect(new InetSocketAddress("127.0.0.1", target.port()), PATIENCE_MILLIS);
			String request = head + ((body.isEmpty()) ? "" : "Content-Length: " + body.length() + "\r\n")
					+ "Connection: close\r\n\r\n" + body;
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			InputStream in = socket.getInputStream();
			assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 200 ");
			return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void logWhenHandshakesAreRefusedByTheThousandThenItStaysShort() {
		int before = target.process().output().length();
		byte[] refused = REFUSED.repeat(100).getBytes(StandardCharsets.US_ASCII);
		try (SilentSockets sockets = new SilentSockets(target.port(), 1_000_000, (i) -> STRANGER)) {
			sockets.open(30, refused);
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> refusals(before) >= 3000);
		}
		String added = target.process().output().substring(before);
		assertThat(added).containsPattern("connect refused .*reason=\"forbidden\" times=\"\\d+\"");
		assertThat(added.lines().filter((line) -> line.contains("connect refused"))).hasSizeLessThan(1000);
	}

	/** How many the log knows of, from there on. */
	private static long refusals(int from) {
		Pattern times = Pattern.compile("connect refused .*?(?:times=\"(\\d+)\")?$", Pattern.MULTILINE);
		return times.matcher(target.process().output().substring(from))
			.results()
			.mapToLong((match) -> (match.group(1) != null) ? Long.parseLong(match.group(1)) : 1)
			.sum();
	}

}
