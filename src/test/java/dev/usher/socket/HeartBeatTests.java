package dev.usher.socket;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.usher.protocol.RefusedException;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Heart-beats both ways. */
class HeartBeatTests {

	private static final TestGateway gateway = SharedGateway.get();

	/** How often a client says that it will be heard, in milliseconds. */
	private static final int PROMISED = 4000;

	@Test
	void serverWhenItPromisedThenItIsHeardAgainAndAgain() {
		try (StompClient client = gateway.connect("ann", "heart-beat:0,1")) {
			for (int i = 0; i < 4; i++) {
				assertThat(client.socket().read().text()).isEqualTo("\n");
			}
		}
	}

	@Test
	void clientWhenItPromisedAndIsSilentThenItIsLostAndOneThatBeatsIsNot() throws InterruptedException {
		ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
		try (StompClient silent = gateway.connect("ann", "heart-beat:" + PROMISED + ",0");
				StompClient beating = gateway.connect("ben", "heart-beat:" + PROMISED + ",100")) {
			// However late this thread is with what it reads.
			beats.scheduleAtFixedRate(() -> beating.sendRaw("\n"), 0, 100, TimeUnit.MILLISECONDS);
			long start = System.nanoTime();
			while (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) < 2L * PROMISED + 1000) {
				assertThat(beating.socket().read().text()).isEqualTo("\n");
			}
			silent.expectError("heartbeat_lost", 4016);
			beats.shutdown();
			assertThat(beats.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
			beating.expectNothing();
		}
		finally {
			beats.shutdownNow();
		}
	}

	@Test
	void clientWhenItPromisedNothingThenItMayBeSilent() {
		try (StompClient silent = gateway.connect("ann", "heart-beat:0,100")) {
			for (int i = 0; i < 4; i++) {
				assertThat(silent.socket().read().text()).isEqualTo("\n");
			}
			silent.expectNothing();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ",", "1", "1,", "a,b", "-1,0", "0,0,0", "1 0,0", "99999999999,0" })
	void connectWhenHeartBeatIsNoPairOfNumbersThenItIsRefused(String header) {
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> HeartBeat.agree(header, 100));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "|10|0|0|10,10", "0,0|10|0|0|10,10", "5,0|10|0|10|10,10",
			"50,0|10|0|50|10,10", "0,5|10|10|0|10,10", "0,50|10|50|0|10,10", "20,30|10|30|20|10,10", "20,30|0|0|0|0,0",
			"4000,2000|10000|2000|4000|2000,4000", "0,1000|10000|1000|0|1000,10000", "1000,0|10000|0|1000|10000,1000",
			"1,1|10000|1000|1000|1000,1000", "30000,30000|10000|30000|30000|10000,10000", "1,1|500|500|500|500,500" })
	void intervalWhenAgreedThenItIsAsFastAsTheClientAsksDownToASecond(String header, int offered, int outgoing,
			int incoming, String answered) {
		HeartBeat agreed = HeartBeat.agree(header, offered);
		assertThat(agreed.outgoing()).isEqualTo(outgoing);
		assertThat(agreed.incoming()).isEqualTo(incoming);
		assertThat(agreed.header()).isEqualTo(answered);
	}

	/** What @stomp/stompjs's own tests ask for, who wait no longer for it. */
	@Test
	void clientWhenItAsksForASecondThenGetsItAndIsLostAfterTwo() {
		try (TestGateway usual = TestGateway.start(); StompClient client = StompClient.open(usual.port())) {
			// By the time that the wheel goes by, which may be late with everything.
			TimingWheel wheel = usual.bean(StompGateway.class).wheel();
			long start = wheel.now();
			client.sendConnect(usual.token("ann"), "heart-beat:1000,1000");
			assertThat(client.expect("CONNECTED").header("heart-beat")).isEqualTo("1000,1000");
			assertThat(client.socket().read().text()).isEqualTo("\n");
			client.expectError("heartbeat_lost", 4016);
			assertThat(wheel.now() - start).isBetween(2000L, 19_000L);
		}
	}

}
