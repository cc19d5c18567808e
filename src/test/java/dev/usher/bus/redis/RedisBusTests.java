package dev.usher.bus.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.BusContract;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Gap;
import dev.usher.bus.Reach;
import dev.usher.bus.SendTurn;
import dev.usher.testing.Await;
import dev.usher.testing.RedisServer;
import dev.usher.testing.Standstills;
import dev.usher.testing.TcpProxy;
import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The bus on a real Redis, between nodes and through faults. */
class RedisBusTests extends BusContract {

	private static final BusChannel BOB = BusChannel.user("bob");

	private static RedisServer redis;

	private static BusNode one;

	private static BusNode other;

	@BeforeAll
	static void start() {
		redis = RedisServer.start();
		one = new BusNode(redis.port());
		other = new BusNode(redis.port());
	}

	@AfterAll
	static void end() {
		one.close();
		other.close();
		redis.close();
	}

	@Override
	protected Bus bus() {
		return one.bus;
	}

	@Override
	protected Reach reach() {
		return Reach.CLUSTER;
	}

	@Test
	void sendWhenAnotherNodeWantsTheChannelThenAllArrivesThereInOrder() {
		Standstills.forgive(RedisBusTests::allArrivesInOrder);
	}

	private static void allArrivesInOrder() {
		BusChannel channel = BusChannel.topic("ordered" + System.nanoTime());
		other.wanting(channel);
		List<String> sent = IntStream.range(0, 5000).mapToObj((i) -> channel.name() + "=" + i).toList();
		IntStream.range(0, 5000).forEach((i) -> one.hint(channel, Integer.toString(i)));
		Await.within(20, () -> ofChannel(other, channel).size() == sent.size());
		assertThat(ofChannel(other, channel)).isEqualTo(sent);
	}

	@Test
	void sendWhenItsSenderWaitsWithinTheTurnThenItLeavesAllTheSame() {
		Standstills.forgive(RedisBusTests::leavesWithinTheTurn);
	}

	private static void leavesWithinTheTurn() {
		SendTurn.current().begin();
		try {
			assertThat(one.bus.send(BOB, EntryKind.HINT, new byte[1])).succeedsWithin(Duration.ofSeconds(30))
				.isEqualTo(Reach.CLUSTER);
		}
		finally {
			SendTurn.current().end();
		}
	}

	private static List<String> ofChannel(BusNode node, BusChannel channel) {
		return node.arrived.stream().filter((each) -> each.startsWith(channel.name() + "=")).toList();
	}

	@Test
	void sendWhenANodeWantsNothingThenItIsSentNothing() {
		Standstills.forgive(RedisBusTests::nobodyIsSentAnything);
	}

	private static void nobodyIsSentAnything() {
		other.wanting(BOB);
		try (BusNode nobody = new BusNode(redis.port())) {
			for (int i = 0; i < 100; i++) {
				one.bus.send(BOB, EntryKind.HINT, new byte[] { 1 }).join();
			}
			Await.within(20, () -> ofChannel(other, BOB).size() >= 100);
			assertThat(nobody.tally.received.sum()).isZero();
			assertThat(nobody.tally.echo.sum()).isZero();
		}
	}

	@Test
	void unwantWhenTheLastUseGoesThenRedisHasNoSubscriptionAnyMore() {
		BusChannel channel = BusChannel.topic("counted");
		one.bus.want(channel);
		one.bus.want(channel);
		one.bus.unwant(channel);
		one.wanting(channel);
		assertThat(redis.command("PUBSUB", "NUMSUB", "usher:t:counted")).contains("\n1\n");
		one.bus.unwant(channel);
		one.bus.unwant(channel);
		Await.within(20, () -> redis.command("PUBSUB", "NUMSUB", "usher:t:counted").contains("\n0\n"));
	}

	@Test
	void framesWhenForgedReplayedForeignOrOfAnotherChannelThenAreDroppedAndCounted() {
		try (BusNode victim = new BusNode(redis.port())) {
			victim.wanting(BOB);
			byte[] channel = "usher:u:bob".getBytes();
			byte[] good = frame(channel, 1, System.currentTimeMillis(), BOB);
			publish(channel, good);
			Await.within(20, () -> victim.arrived.size() == 1);

			publish(channel, good);
			Await.within(20, () -> victim.tally.dropped(FrameFault.REPLAY) == 1);
			byte[] forged = frame(channel, 2, System.currentTimeMillis(), BOB);
			forged[forged.length - 20] ^= 1;
			publish(channel, forged);
			byte[] moved = frame("usher:u:alice".getBytes(), 3, System.currentTimeMillis(), BOB);
			publish(channel, moved);
			Await.within(20, () -> victim.tally.dropped(FrameFault.SEAL) == 2);
			publish(channel, "hello".getBytes());
			Await.within(20, () -> victim.tally.dropped(FrameFault.FOREIGN) == 1);
			publish(channel, frame(channel, 4, System.currentTimeMillis() - 120_000, BOB));
			Await.within(20, () -> victim.tally.dropped(FrameFault.STALE) == 1);
			assertThat(victim.arrived).hasSize(1);

			publish(channel, frame(channel, 5, System.currentTimeMillis(), BOB));
			Await.within(20, () -> victim.arrived.size() == 2);
			assertThat(victim.dropped()).isEqualTo(5);
		}
	}

	private static byte[] frame(byte[] channel, long sequence, long time, BusChannel to) {
		return BusNode.sealed(channel, new BusFrame(4, to.lane(4), 77, sequence, time),
				new Outgoing(to.name(), EntryKind.HINT, "x".getBytes(), 0));
	}

	private static void publish(byte[] channel, byte[] frame) {
		redis.command("PUBLISH".getBytes(), channel, frame);
	}

	@Test
	void framesWhenTheKeyOrTheLanesDifferThenAreDroppedAndCounted() throws Exception {
		byte[] key = new byte[32];
		key[0] = 1;
		RedisURI uri = RedisURI.create("127.0.0.1", redis.port());
		other.wanting(BOB);
		long seals = other.tally.dropped(FrameFault.SEAL);
		long lanes = other.tally.dropped(FrameFault.LANES);
		try (BusNode stranger = new BusNode(uri, key, 4, 16); BusNode misfit = new BusNode(uri, BusNode.KEY, 2, 16)) {
			Await.within(20, () -> stranger.isWell() && misfit.isWell());
			stranger.bus.send(BOB, EntryKind.HINT, new byte[] { 1 }).get(30, TimeUnit.SECONDS);
			misfit.bus.send(BOB, EntryKind.HINT, new byte[] { 1 }).get(30, TimeUnit.SECONDS);
			Await.within(20, () -> other.tally.dropped(FrameFault.SEAL) == seals + 1
					&& other.tally.dropped(FrameFault.LANES) == lanes + 1);
		}
	}

	@Test
	void sendWhenRedisDoesNotAnswerThenItIsThisNodeAfterTwoSecondsAndMemoryIsBounded() throws Exception {
		try (TcpProxy proxy = new TcpProxy(redis.port());
				BusNode node = new BusNode(RedisURI.create("127.0.0.1", proxy.port()), BusNode.KEY, 1, 1)) {
			proxy.hold();
			assertThat(node.bus.send(BOB, EntryKind.HINT, new byte[] { 1 }).get(30, TimeUnit.SECONDS))
				.isEqualTo(Reach.NODE);
			long lost = node.tally.lost.sum();
			for (int i = 0; i < 40; i++) {
				node.bus.send(BOB, EntryKind.HINT, new byte[100_000]);
			}
			assertThat(node.tally.lost.sum() - lost).isGreaterThanOrEqualTo(30);
			proxy.mend();
			Await.within(60, node::isWell);
		}
	}

	@Test
	void connectionsWhenCutHeldOrKilledThenAreReplacedAndTheGapIsTold() {
		try (TcpProxy proxy = new TcpProxy(redis.port()); BusNode node = new BusNode(proxy.port())) {
			node.wanting(BOB);
			proxy.cut();
			awaitDeaf(node);
			proxy.mend();
			awaitGap(node, 0);

			int known = node.gaps.size();
			proxy.hold();
			awaitDeaf(node);
			proxy.mend();
			awaitGap(node, known);
			assertThat(gapsOfBob(node, known).get(0).length()).isGreaterThan(Duration.ofSeconds(2));

			known = node.gaps.size();
			int ofOne = one.gaps.size();
			int ofOther = other.gaps.size();
			redis.command("CLIENT", "KILL", "TYPE", "pubsub");
			awaitGap(node, known);
			// Theirs were killed as well.
			Await.within(60,
					() -> one.gaps.size() > ofOne && other.gaps.size() > ofOther && other.hasAll() && one.hasAll());
			int before = node.arrived.size();
			one.hint(BOB, "after");
			Await.within(20, () -> node.arrived.size() == before + 1);
		}
	}

	/** Another lane may be noticed first, and Bob's be well again before it is. */
	private static void awaitDeaf(BusNode node) {
		Await.within(20, () -> !node.bus.hears(BOB));
	}

	/** Of lanes that come back seconds after the others a gap of their own is told. */
	private static void awaitGap(BusNode node, int known) {
		Await.within(60, () -> !gapsOfBob(node, known).isEmpty() && node.hasAll());
	}

	private static List<Gap> gapsOfBob(BusNode node, int known) {
		return List.copyOf(node.gaps).stream().skip(known).filter((gap) -> gap.affects(BOB)).toList();
	}

	@Test
	void channelsWhenCutTwentyTimesThenAllOfThemAreConfirmedAgain() {
		int channels = Integer.getInteger("test.channels", 20_000);
		try (TcpProxy proxy = new TcpProxy(redis.port()); BusNode node = new BusNode(proxy.port())) {
			IntStream.range(0, channels).forEach((i) -> node.bus.want(BusChannel.user("user" + i)));
			Await.within(20, node::hasAll);
			for (int i = 0; i < 20; i++) {
				int gaps = node.gaps.size();
				proxy.cut();
				proxy.mend();
				Await.within(60, () -> node.gaps.size() > gaps && node.hasAll());
			}
			Await.within(20, node::hasAll);
			assertThat(node.bus.confirmedChannels()).isEqualTo(channels);
			assertThat(redis.command("PUBSUB", "NUMSUB", "usher:u:user0", "usher:u:user" + (channels - 1)))
				.doesNotContain("\n0\n");
		}
	}

}
