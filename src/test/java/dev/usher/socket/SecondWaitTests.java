package dev.usher.socket;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.usher.testing.Await;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Frames that wait until their credential is verified, and what comes behind them. */
@Timeout(300)
class SecondWaitTests {

	/** More than all buffers between the client and the gateway hold. */
	private static final int FLOOD = 64;

	private static final int MEBIBYTE = 1 << 20;

	/** How often the client says that it will be heard, in milliseconds. */
	private static final int PROMISED = 5000;

	@Test
	void secondFrameWhenItWaitsTooThenNothingMoreIsReadUntilItGoesOn() throws Exception {
		try (TestGateway gateway = TestGateway.start("spring.profiles.active=held", "usher.connect.bytes-per-second=0",
				"usher.connect.frames-per-second=0"); StompClient ann = gateway.connect("ann")) {
			HeldVerification held = gateway.bean(HeldVerification.class);
			ann.sendTogether(send("one"), send("two"));
			held.await("one");
			held.release("one");
			held.await("two");
			AtomicInteger sent = new AtomicInteger();
			Thread flood = new Thread(() -> flood(ann, sent));
			flood.start();
			int taken = awaitStandstill(sent);
			assertThat(taken).as("MiB the gateway took while it could do nothing with them").isLessThan(FLOOD / 2);
			held.release("two");
			flood.join();
			assertThat(sent).hasValue(FLOOD);
			ann.expectNothing();
		}
	}

	@Test
	void clientWhenItsFrameWaitsThenItsHeartBeatsAreMissedOnlyOnceItIsReadAgain() throws Exception {
		try (TestGateway gateway = TestGateway.start("spring.profiles.active=held", "usher.connect.heartbeat=100ms");
				StompClient ann = gateway.connect("ann", "heart-beat:" + PROMISED + ",100")) {
			HeldVerification held = gateway.bean(HeldVerification.class);
			ann.send(StompFrame.of("SEND", "destination:/topic/nobody-listens-here", "held:one", "receipt:1"));
			held.await("one");
			TimingWheel wheel = gateway.bean(StompGateway.class).wheel();
			long lost = wheel.now() + 2 * PROMISED + 1000;
			Await.until(() -> wheel.now() > lost);
			held.release("one");
			assertThat(ann.expect("RECEIPT").header("receipt-id")).isEqualTo("1");
			ann.expectError("heartbeat_lost", 4016);
		}
	}

	private static StompFrame send(String name) {
		return StompFrame.of("SEND", "destination:/topic/nobody-listens-here", "held:" + name);
	}

	/** Heart-beats: the cheapest there is to send and to take. */
	private static void flood(StompClient client, AtomicInteger sent) {
		String mebibyte = "\n".repeat(MEBIBYTE);
		for (int i = 0; i < FLOOD; i++) {
			client.sendRaw(mebibyte);
			sent.incrementAndGet();
		}
	}

	/**
	 * Until all is sent, or nothing more has been for two seconds, and for two more: it
	 * is held back, and not only slow to be sent.
	 */
	private static int awaitStandstill(AtomicInteger sent) {
		int before = -1;
		int stood = 0;
		while (stood < 2 && sent.get() < FLOOD) {
			stood = (sent.get() == before) ? stood + 1 : 0;
			before = sent.get();
			LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
		}
		return sent.get();
	}

}
