package dev.usher.socket;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.usher.access.AccessProperties;
import dev.usher.access.AccessRules;
import dev.usher.access.Caller;
import dev.usher.bus.Buses;
import dev.usher.inbox.Inbox;
import dev.usher.inbox.store.Inboxes;
import dev.usher.inbox.store.TestDatabase;
import dev.usher.protocol.Destination;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.FrameDecoder;
import dev.usher.stomp.FrameLimits;
import dev.usher.stomp.Version;
import dev.usher.testing.Await;
import dev.usher.testing.MutableClock;
import dev.usher.websocket.OutboundFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/** A connection's time limits, met in the middle of something else. */
class TimekeeperTests {

	/** As the wheel counts, in milliseconds. */
	private static final long SOON = 3000;

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
		subscribeToNotices(this.connection);
		Await.until(() -> this.notices.get() == 1);
		this.clock.advance(Duration.ofMinutes(60));
		Await.until(() -> this.notices.get() == 2);
	}

	private static void subscribeToNotices(StompConnection connection) {
		LiveSubscription own = new LiveSubscription(connection.outlet(), "own",
				Destination.forSubscribe("/user/topic/session", "alice"), AckMode.AUTO, 0,
				new Subscriptions(Buses.inProcess()));
		connection.subscriptions().add("own", own);
	}

	/** By the time that the wheel goes by: it looks closely each second. */
	@Test
	void noticeWhenItIsDueWithinASecondThenComesAtItsTime() {
		Beats beats = new Beats();
		StompConnection connection = beats.moving.open(beats);
		// Before it is connected: a notice that nobody wants comes a second later.
		subscribeToNotices(connection);
		beats.connect(connection, 0, Duration.ofSeconds(60).plusMillis(300));
		long since = beats.moving.wheel().now();
		Await.until(() -> !beats.at.isEmpty());
		beats.moving.close();
		assertThat(beats.at.get(0) - since).isLessThan(900);
	}

	/**
	 * By the time that the wheel goes by, which a machine that stalls does not move. The
	 * wall clock goes too: when it stands still, everything is looked at.
	 */
	@Test
	void serverWhenItPromisedHeartBeatsThenItIsNeverSilentForLonger() {
		int promised = 400;
		Beats beats = new Beats();
		beats.connect(promised);
		long last = beats.moving.wheel().now();
		Await.until(() -> beats.at.size() >= 5);
		beats.moving.close();
		for (long beat : beats.at) {
			assertThat(beat - last).isLessThanOrEqualTo(promised);
			last = beat;
		}
	}

	@Test
	void lookWhenItIsAskedForAgainAndAgainThenIsNotPutOff() {
		Beats beats = new Beats();
		StompConnection beating = beats.connect(400);
		Await.until(() -> {
			beating.lookSoon();
			return beats.at.size() >= 3;
		});
		beats.moving.close();
	}

	@Test
	void lookWhenAClientFallsBehindThenComesSoon() {
		assertThat(millisToLook((idle) -> idle.events().onBlocked())).isLessThan(SOON);
	}

	/** What it waits for may take for ever. */
	@Test
	void lookWhenAClientSaysDisconnectThenComesSoon() {
		assertThat(millisToLook((idle) -> {
			idle.pendingEffects().began();
			new DisconnectHandler().handle(idle, until(Instant.now()), frame("DISCONNECT\n\n\0"));
		})).isLessThan(SOON);
	}

	/** It may have to wait for room, of which nothing else tells. */
	@Test
	void lookWhenAClientSubscribesToWhatIsStoredThenComesSoon(@TempDir Path folder) {
		try (TestDatabase database = TestDatabase.h2(folder)) {
			Inbox inbox = Inboxes.open(database, Clock.systemUTC());
			SubscribeHandler handler = new SubscribeHandler(new Subscriptions(Buses.inProcess()), inbox,
					Buses.inProcess(), 1024, new Traffic(Clock.systemUTC()));
			long millis = millisToLook((idle) -> handler.handle(idle, until(Instant.now()),
					frame("SUBSCRIBE\nid:0\ndestination:/user/queue/bills\n\n\0")));
			Inboxes.close(inbox);
			assertThat(millis).isLessThan(SOON);
		}
	}

	/** Of a connection of which nothing else is due for ten seconds. */
	private long millisToLook(Consumer<StompConnection> what) {
		Beats beats = new Beats();
		what.accept(beats.connect(0));
		long since = beats.moving.wheel().now();
		Await.until(() -> !beats.looks.isEmpty());
		beats.moving.close();
		return beats.looks.get(0) - since;
	}

	private static ClientFrame frame(String text) {
		FrameDecoder decoder = new FrameDecoder(FrameLimits.DEFAULTS);
		decoder.version(Version.V1_2);
		return decoder.next(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
	}

	/** What it held would stay with it. */
	@Test
	void connectionWhenItIsGoneThenTheWheelDoesNotKeepItUntilItsTimeComes() {
		Beats beats = new Beats();
		WeakReference<StompConnection> gone = leave(beats);
		long since = beats.moving.wheel().now();
		Await.until(() -> {
			System.gc();
			return gone.refersTo(null);
		});
		long took = beats.moving.wheel().now() - since;
		beats.moving.close();
		assertThat(took).isLessThan(9000);
	}

	private static WeakReference<StompConnection> leave(Beats beats) {
		StompConnection connection = beats.connect(0);
		connection.disconnect(CloseStatus.NORMAL);
		beats.moving.connections().closed(connection);
		return new WeakReference<>(connection);
	}

	/** The frames that a connection sends, each when it is queued. */
	private final class Beats extends ForgetfulSocket {

		private final UnservedGateway moving = new UnservedGateway(Clock.systemUTC());

		private final List<Long> at = new CopyOnWriteArrayList<>();

		/** When the wheel looked at it. */
		private final List<Long> looks = new CopyOnWriteArrayList<>();

		private StompConnection connect(int promised) {
			return connect(this.moving.open(this), promised, Duration.ofMinutes(60));
		}

		private StompConnection connect(StompConnection connection, int promised, Duration lifetime) {
			connection.connect(until(Instant.now().plus(lifetime)), Version.V1_2,
					new HeartBeat(promised, 0, promised, 0));
			return connection;
		}

		@Override
		public Offer offer(OutboundFrame frame) {
			this.at.add(this.moving.wheel().now());
			return super.offer(frame);
		}

		@Override
		public long framesWritten() {
			// Whoever sends asks too.
			if (Thread.currentThread().getName().equals("usher-time")) {
				this.looks.add(this.moving.wheel().now());
			}
			return super.framesWritten();
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
