package dev.usher.socket;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.usher.access.AccessProperties;
import dev.usher.access.AccessRules;
import dev.usher.access.Caller;
import dev.usher.bus.Buses;
import dev.usher.protocol.Destination;
import dev.usher.stomp.Version;
import dev.usher.testing.Await;
import dev.usher.testing.MutableClock;
import dev.usher.websocket.OutboundFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A connection's time limits, met in the middle of something else. */
class TimekeeperTests {

	private final MutableClock clock = new MutableClock();

	private final AtomicInteger notices = new AtomicInteger();

	private UnservedGateway gateway;

	private StompConnection connection;

	@BeforeEach
	void open() {
		this.gateway = new UnservedGateway(this.clock);
		this.connection = this.gateway.open(new RenewingSocket());
	}

	@AfterEach
	void close() {
		this.gateway.close();
	}

	private Caller until(Instant end) {
		AccessRules rules = new AccessRules(new AccessProperties(List.of()));
		return new Caller("alice", Set.of(), rules.permissions("alice", Set.of(), List.of(), List.of()), "test", null,
				null, null, end);
	}

	@Test
	void noticeWhenTheClientRenewsWhileItIsBeingToldThenItIsToldOfTheNextEndToo() {
		this.connection.connect(until(this.clock.instant().plusSeconds(30)), Version.V1_2, new HeartBeat(0, 0, 0, 0));
		LiveSubscription own = new LiveSubscription(this.connection.outlet(), "own",
				Destination.forSubscribe("/user/topic/session", "alice"), AckMode.AUTO, 0,
				new Subscriptions(Buses.inProcess()));
		this.connection.subscriptions().add("own", own);
		Await.until(() -> this.notices.get() == 1);
		this.clock.advance(Duration.ofMinutes(60));
		Await.until(() -> this.notices.get() == 2);
	}

	/** By the time that the wheel goes by, which a machine that stalls does not move. */
	@Test
	void serverWhenItPromisedHeartBeatsThenItIsNeverSilentForLonger() {
		int promised = 400;
		List<Long> beats = new CopyOnWriteArrayList<>();
		StompConnection beating = this.gateway.open(new ForgetfulSocket() {
			@Override
			public Offer offer(OutboundFrame frame) {
				beats.add(TimekeeperTests.this.gateway.wheel().now());
				return super.offer(frame);
			}
		});
		beating.connect(until(this.clock.instant().plus(Duration.ofMinutes(60))), Version.V1_2,
				new HeartBeat(promised, 0, promised, 0));
		long last = this.gateway.wheel().now();
		Await.until(() -> beats.size() >= 5);
		for (long beat : beats) {
			assertThat(beat - last).isLessThanOrEqualTo(promised);
			last = beat;
		}
	}

	/** Its client renews as soon as the first notice is queued. */
	private final class RenewingSocket extends ForgetfulSocket {

		@Override
		public Offer offer(OutboundFrame frame) {
			if (TimekeeperTests.this.notices.incrementAndGet() == 1) {
				Instant end = TimekeeperTests.this.clock.instant().plus(Duration.ofMinutes(60)).plusSeconds(30);
				TimekeeperTests.this.connection.renew(until(end));
			}
			return super.offer(frame);
		}

	}

}
