package dev.usher.attack;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Attackers without a login who hold what others need, and others who need it all the
 * while: for {@code attack.seconds}, 20 by default.
 */
class HoldingIT {

	private static final Duration LASTS = Duration.ofSeconds(Integer.getInteger("attack.seconds", 20));

	private static final Duration AGAIN = Duration.ofSeconds(7);

	/** A machine that builds other things meanwhile is slower now and then. */
	private static final double PROMPT = 0.9;

	private static final int PATIENCE_MILLIS = 10_000;

	private static final String FILE = "GET /swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n";

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
	void othersWhenHundredsReadNothingOfLargeFilesThenAreServed() throws IOException {
		byte[] requests = FILE.repeat(6).getBytes(StandardCharsets.US_ASCII);
		SilentSockets crowd = new SilentSockets(target.port(), 2048, (i) -> "127.0.0.3");
		holds(crowd, () -> crowd.open(300, requests));
	}

	@Test
	void othersWhenHundredsOfAddressesReadNothingThenAreServed() throws IOException {
		byte[] requests = FILE.repeat(6).getBytes(StandardCharsets.US_ASCII);
		SilentSockets crowd = new SilentSockets(target.port(), 2048, SilentSockets::scattered);
		holds(crowd, () -> crowd.open(300, requests));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void othersWhenManyBodiesAreUnfinishedThenAreServed(boolean scattered) throws IOException {
		SilentSockets crowd = new SilentSockets(target.port(), 2048,
				(scattered) ? SilentSockets::scattered : (i) -> "127.0.0.3");
		holds(crowd, () -> {
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

	private static long askHealth() throws IOException {
		return ask("GET /actuator/health/liveness HTTP/1.1\r\nHost: localhost\r\n", "");
	}

	private static long askLogin() throws IOException {
		return ask("POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
				"{\"username\":\"owner\",\"password\":\"" + Target.PASSWORD + "\"}");
	}

	/** Lets the crowd in again and again, and asks what others ask meanwhile. */
	private static void holds(SilentSockets crowd, Runnable attack) throws IOException {
		List<Long> health = new ArrayList<>();
		List<Long> logins = new ArrayList<>();
		long slowHealth = askHealth();
		long slowLogin = askLogin();
		long end = System.nanoTime() + LASTS.toNanos();
		try (crowd) {
			while (System.nanoTime() < end) {
				crowd.close();
				attack.run();
				long again = System.nanoTime() + AGAIN.toNanos();
				while (System.nanoTime() < Math.min(again, end)) {
					health.add(ask("GET /actuator/health/liveness HTTP/1.1\r\nHost: localhost\r\n", ""));
					logins.add(ask("POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
							"{\"username\":\"owner\",\"password\":\"" + Target.PASSWORD + "\"}"));
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
				}
			}
		}
		// Where that is slow without an attack, the machine is.
		assertPrompt(health, Math.max(1000, 3 * slowHealth));
		assertPrompt(logins, Math.max(2000, 3 * slowLogin));
		assertThat(target.process().output()).doesNotContain("\tat ", "OutOfMemory");
	}

	private static void assertPrompt(List<Long> millis, long limit) {
		long prompt = millis.stream().filter((each) -> each <= limit).count();
		assertThat(prompt).as("of %s within %d ms", millis, limit)
			.isGreaterThanOrEqualTo((long) (millis.size() * PROMPT));
	}

	/** How many milliseconds a 200 took, which comes in any case. */
	private static long ask(String head, String body) throws IOException {
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
	}

	@Test
	void logWhenHandshakesAreRefusedByTheThousandThenItStaysShort() {
		byte[] refused = ("GET /ws HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nUpgrade: websocket\r\n"
				+ "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
			.repeat(100)
			.getBytes(StandardCharsets.US_ASCII);
		try (SilentSockets sockets = new SilentSockets(target.port(), 1_000_000, (i) -> "127.0.0.3")) {
			sockets.open(30, refused);
			String output = target.process().awaitOutput("times=");
			assertThat(output).containsPattern("connect refused .*reason=\"forbidden\" times=\"\\d+\"");
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> refusals() >= 3000);
		}
		assertThat(target.process().output().lines().filter((line) -> line.contains("connect refused")))
			.hasSizeLessThan(1000);
	}

	/** How many the log knows of. */
	private static long refusals() {
		Pattern times = Pattern.compile("connect refused .*?(?:times=\"(\\d+)\")?$", Pattern.MULTILINE);
		return times.matcher(target.process().output())
			.results()
			.mapToLong((match) -> (match.group(1) != null) ? Long.parseLong(match.group(1)) : 1)
			.sum();
	}

}
