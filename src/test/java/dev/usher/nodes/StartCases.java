package dev.usher.nodes;

import java.util.Base64;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.usher.testing.Await;
import dev.usher.testing.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * A fourth node that does not fit, beside three that live: it says why in a sentence. All
 * of them start at the same time.
 */
abstract class StartCases extends ClusterCases {

	private static final String OTHER_KEY = Base64.getEncoder()
		.encodeToString("another key of thirty-two bytes.".getBytes());

	private static Map<String, ClusterNode> misfits;

	private static RedisServer redis;

	/** Shares nothing with the three: it is about its Redis alone. */
	private static ClusterNode lonely;

	@BeforeAll
	static void launch() {
		Cluster cluster = ClusterIT.cluster();
		redis = RedisServer.start();
		redis.stop();
		lonely = cluster.node("lonely", redis, "spring.datasource.url=").launch();
		Stream<ClusterNode> all = Stream.of(cluster.node("lanes", "usher.cluster.lanes=3"),
				cluster.node("key", "usher.token.key=" + OTHER_KEY), cluster.node("none", "usher.cluster.bus=none"),
				cluster.node("name", "usher.cluster.node=a"));
		// The last two are shown in one process as well.
		misfits = all.limit(Scale.of(2, 4)).collect(Collectors.toMap(ClusterNode::name, Function.identity()));
		misfits.values().forEach(ClusterNode::launch);
	}

	@AfterAll
	static void close() {
		misfits.values().forEach(ClusterNode::close);
		lonely.close();
		redis.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "lanes|has usher.cluster.lanes=2, and this one 3: they would not hear each other.",
					"key|cannot be decrypted with the key in", "none|and usher.cluster.bus is none",
					"name|Another node with the name 'a' uses the database." })
	void nodeWhenItDoesNotFitThenDoesNotStartAndSaysWhyInASentence(String name, String sentence) {
		ClusterNode misfit = misfits.get(name);
		assumeThat(misfit).isNotNull();
		assertThat(misfit.process().awaitExit()).isEqualTo(1);
		assertThat(misfit.process().output()).contains(sentence)
			.doesNotContain("Usher is up", OTHER_KEY)
			.doesNotContainPattern("(?m)^\\s+at ");
	}

	@Test
	void nodeWhenRedisIsOfNoUseThenStartsDegradedAndSaysWhyInASentence() {
		lonely.awaitUp();
		assertThat(lonely.health()).isEqualTo("DEGRADED");
		assertThat(lonely.isReady()).isTrue();
		says("cannot be reached");
		redis.restart("--rename-command", "HELLO", "");
		says("is too old for the bus, which needs 6.2 or later");
		redis.restart("--user", "default", "on", "nopass", "~*", "resetchannels", "&other:*", "-@all", "+ping",
				"+publish", "+subscribe", "+unsubscribe", "+client|info");
		says("does not give its user the rights the bus needs: the channels &usher:*");
		assertThat(lonely.health()).isEqualTo("DEGRADED");
		redis.restart();
		Await.within(60, () -> lonely.health().equals("UP"));
	}

	private static void says(String sentence) {
		Await.within(60, () -> lonely.process().output().contains(sentence));
	}

}
