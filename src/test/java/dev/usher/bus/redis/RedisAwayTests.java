package dev.usher.bus.redis;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import dev.usher.bus.BusChannel;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Reach;
import dev.usher.testing.Await;
import dev.usher.testing.RedisServer;
import dev.usher.testing.Standstills;
import dev.usher.testing.TcpProxy;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A Redis that is away, starts again, or does not give what the bus needs. */
class RedisAwayTests {

	private static final BusChannel BOB = BusChannel.user("bob");

	@Test
	void startWhenRedisIsAwayThenTheNodeIsDegradedAndConnectsLater() throws Exception {
		try (RedisServer redis = RedisServer.start()) {
			redis.stop();
			try (BusNode node = new BusNode(redis.port())) {
				awaitProblem(node, "cannot be reached");
				node.bus.want(BOB);
				assertThat(node.bus.confirmed(BOB).get(30, TimeUnit.SECONDS)).isEqualTo(Reach.NODE);
				assertThat(node.bus.send(BOB, EntryKind.HINT, new byte[1]).get(30, TimeUnit.SECONDS))
					.isEqualTo(Reach.NODE);
				redis.restart();
				Await.within(60, node::hasAll);
				Await.within(20, () -> node.bus.confirmed(BOB).join() == Reach.CLUSTER);
			}
		}
	}

	@Test
	void busWhenRedisStartsAgainThenHasAllItsChannelsAndTellsOneGap() {
		Standstills.forgive(RedisAwayTests::tellsOneGap);
	}

	private static void tellsOneGap() {
		try (RedisServer redis = RedisServer.start();
				BusNode node = new BusNode(redis.port());
				BusNode other = new BusNode(redis.port())) {
			node.wanting(BOB).wanting(BusChannel.topic("news"));
			redis.restart();
			Await.within(60, () -> gapsOfBob(node) == 1 && node.hasAll() && other.hasAll());
			other.hint(BOB, "back");
			Await.within(20, () -> node.arrived.contains("u:bob=back"));
			assertThat(gapsOfBob(node)).isEqualTo(1);
		}
	}

	/** Of lanes that come back seconds after the others a gap of their own is told. */
	private static long gapsOfBob(BusNode node) {
		return node.gaps.stream().filter((gap) -> gap.affects(BOB)).count();
	}

	@Test
	void busWhenARightIsMissingOrThePasswordIsWrongThenSaysSo() {
		try (RedisServer redis = RedisServer.start()) {
			allow(redis, "resetchannels", "&other:*", "-@all", "+publish", "+subscribe", "+unsubscribe",
					"+client|info");
			assertProblem(redis, "secret", "does not give its user the rights");
			allow(redis, "resetchannels", "&usher:*", "-@all", "+subscribe", "+unsubscribe", "+client|info");
			assertProblem(redis, "secret", "does not give its user the rights");
			assertProblem(redis, "wrong", "refuses the user or the password");
		}
	}

	private static void awaitProblem(BusNode node, String sentence) {
		Await.within(30, () -> String.valueOf(node.state.problem()).contains(sentence));
	}

	private static void assertProblem(RedisServer redis, String password, String sentence) {
		try (BusNode node = as(redis, password)) {
			awaitProblem(node, sentence);
			assertThat(node.state.problem()).doesNotContain(password);
		}
	}

	@Test
	void busWhenItMaySubscribeAndNotPublishThenNeverSeemsToWorkAndTellsNoGap() {
		try (RedisServer redis = RedisServer.start()) {
			allow(redis, "resetchannels", "&usher:*", "-@all", "+subscribe", "+unsubscribe", "+client|info");
			try (BusNode node = as(redis, "secret")) {
				awaitProblem(node, "rights");
				// For as long as the first few tries to connect again take.
				Awaitility.await().during(Duration.ofSeconds(4)).until(() -> !node.isWell() && node.gaps.isEmpty());
			}
		}
	}

	@Test
	void busWhenMuchIsUnderWayAsItsConnectionFailsThenIsConnectedOnceMore() {
		Standstills.forgive(RedisAwayTests::isConnectedOnceMore);
	}

	private static void isConnectedOnceMore() {
		try (RedisServer redis = RedisServer.start();
				TcpProxy proxy = new TcpProxy(redis.port());
				BusNode node = new BusNode(RedisURI.create("127.0.0.1", proxy.port()), BusNode.KEY, 1, 16)) {
			proxy.hold();
			IntStream.range(0, 5_000).forEach((i) -> node.hint(BusChannel.user("user" + i), "x"));
			Await.within(20, () -> !node.isWell());
			long before = connections(redis);
			proxy.mend();
			Await.within(60, node::hasAll);
			Awaitility.await().during(Duration.ofSeconds(4)).until(node::hasAll);
			// Two of them, this question's, and a try that came too early.
			assertThat(connections(redis) - before).isLessThanOrEqualTo(5);
			assertThat(node.gaps).hasSize(1);
		}
	}

	private static long connections(RedisServer redis) {
		Matcher count = Pattern.compile("total_connections_received:(\\d+)").matcher(redis.command("INFO", "stats"));
		assertThat(count.find()).isTrue();
		return Long.parseLong(count.group(1));
	}

	@Test
	void busWhenRedisIsTooOldThenSaysSo() {
		try (RedisServer redis = RedisServer.start("--rename-command", "HELLO", "")) {
			try (BusNode node = new BusNode(redis.port())) {
				awaitProblem(node, "too old");
			}
		}
	}

	@Test
	void busWhenOneDirectionIsDeadThenTheConnectionIsReplaced() {
		try (RedisServer redis = RedisServer.start();
				TcpProxy proxy = new TcpProxy(redis.port());
				BusNode node = new BusNode(proxy.port())) {
			node.wanting(BOB);
			proxy.holdAnswers();
			Await.within(20, () -> !node.bus.hears(BOB));
			proxy.mend();
			Await.within(60, () -> gapsOfBob(node) >= 1 && node.hasAll());
		}
	}

	private static BusNode as(RedisServer redis, String password) {
		RedisURI uri = RedisURI.create("127.0.0.1", redis.port());
		uri.setCredentialsProvider(new StaticCredentialsProvider("gateway", password.toCharArray()));
		return new BusNode(uri, BusNode.KEY, 2, 16);
	}

	private static void allow(RedisServer redis, String... rights) {
		redis.command("ACL", "DELUSER", "gateway");
		String[] words = new String[rights.length + 5];
		words[0] = "ACL";
		words[1] = "SETUSER";
		words[2] = "gateway";
		words[3] = "on";
		words[4] = ">secret";
		System.arraycopy(rights, 0, words, 5, rights.length);
		assertThat(redis.command(words)).isEqualTo("OK");
	}

}
