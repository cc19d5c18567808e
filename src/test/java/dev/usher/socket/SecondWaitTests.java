package dev.usher.socket;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import dev.usher.testing.TestIssuer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Two frames of one connection that each wait for the keys of an issuer. */
class SecondWaitTests {

	/** More than all buffers between the client and the gateway hold. */
	private static final int FLOOD = 64;

	private static final int MEBIBYTE = 1 << 20;

	@Test
	void secondFrameWhenItWaitsForKeysTooThenNothingMoreIsReadUntilTheyAreThere() throws Exception {
		try (TestIssuer first = new TestIssuer(); TestIssuer second = new TestIssuer()) {
			first.hold();
			second.hold();
			try (TestGateway gateway = gateway(first, second); StompClient ann = gateway.open()) {
				ann.sendTogether(
						StompFrame.of("CONNECT", "accept-version:1.2", "Authorization:Bearer " + token(first, gateway)),
						StompFrame.of("SEND", "destination:/app/auth",
								"Authorization:Bearer " + token(second, gateway)));
				first.release();
				ann.expect("CONNECTED");
				AtomicInteger sent = new AtomicInteger();
				Thread flood = new Thread(() -> flood(ann, sent));
				flood.start();
				awaitStandstill(sent);
				assertThat(sent.get()).as("MiB the gateway took while it could do nothing with them")
					.isLessThan(FLOOD / 2);
				second.release();
				flood.join(TimeUnit.MINUTES.toMillis(2));
				assertThat(sent).hasValue(FLOOD);
				ann.expectNothing();
			}
		}
	}

	private static TestGateway gateway(TestIssuer first, TestIssuer second) {
		return TestGateway.start("usher.connect.timeout=60s", "usher.connect.bytes-per-second=0",
				"usher.connect.frames-per-second=0", "usher.issuers[1].issuer=" + first.issuer(),
				"usher.issuers[1].audience=" + TestIssuer.AUDIENCE, "usher.issuers[1].jwk-set-uri=" + first.jwkSetUri(),
				"usher.issuers[2].issuer=" + second.issuer(), "usher.issuers[2].audience=" + TestIssuer.AUDIENCE,
				"usher.issuers[2].jwk-set-uri=" + second.jwkSetUri());
	}

	private static String token(TestIssuer issuer, TestGateway gateway) {
		return issuer.sign(issuer.token(gateway.clock()));
	}

	/** Heart-beats: the cheapest there is to send and to take. */
	private static void flood(StompClient client, AtomicInteger sent) {
		String mebibyte = "\n".repeat(MEBIBYTE);
		for (int i = 0; i < FLOOD; i++) {
			client.sendRaw(mebibyte);
			sent.incrementAndGet();
		}
	}

	/** Until all is sent, or nothing more has been for two seconds. */
	private static void awaitStandstill(AtomicInteger sent) {
		int before = -1;
		while (sent.get() != before && sent.get() < FLOOD) {
			before = sent.get();
			LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
		}
	}

}
