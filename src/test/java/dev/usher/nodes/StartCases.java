package dev.usher.nodes;

import java.util.Base64;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.usher.testing.Await;
import dev.usher.testing.JavaProcess;
import dev.usher.testing.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A fourth node that does not fit, beside three that live: it says why in a sentence. All
 * of them start at the same time.
 */
abstract class StartCases extends ClusterCases {

	private static final String OTHER_KEY = Base64.getEncoder()
		.encodeToString("another key of thirty-two bytes.".getBytes());

	private static Map<Misfit, ClusterNode> nodes;

	private static RedisServer redis;

	/** Shares nothing with the three: it is about its Redis alone. */
	private static ClusterNode lonely;

	@BeforeAll
	static void launch() {
		Cluster cluster = ClusterIT.cluster();
		redis = RedisServer.start();
		redis.stop();
		lonely = cluster.node("lonely", redis, "spring.datasource.url=").launch();
		nodes = misfits()
			.collect(Collectors.toMap(Function.identity(), (misfit) -> cluster.node(misfit.name(), misfit.property())));
		nodes.values().forEach(ClusterNode::launch);
	}

	/** An ordinary run does without those two that are shown in one process as well. */
	private static Stream<Misfit> misfits() {
		return Stream
			.of(new Misfit("lanes", "usher.cluster.lanes=3",
					"has usher.cluster.lanes=2, and this one 3: they would not hear each other."),
					new Misfit("key", "usher.token.key=" + OTHER_KEY, "cannot be decrypted with the key in"),
					new Misfit("none", "usher.cluster.bus=none", "and usher.cluster.bus is none"),
					new Misfit("name", "usher.cluster.node=a", "Another node with the name 'a' uses the database."))
			.limit(Scale.of(2, 4));
	}

	@AfterAll
	static void close() {
		nodes.values().forEach(ClusterNode::close);
		lonely.close();
		redis.close();
	}

	@ParameterizedTest
	@MethodSource("misfits")
	void nodeWhenItDoesNotFitThenDoesNotStartAndSaysWhyInASentence(Misfit misfit) {
		JavaProcess process = nodes.get(misfit).process();
		assertThat(process.awaitExit()).isEqualTo(1);
		assertThat(process.output()).contains(misfit.sentence())
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

	/**
	 * A node that must not start.
	 *
	 * @param property what is wrong with it
	 * @param sentence what it says of that
	 */
	private record Misfit(String name, String property, String sentence) {

	}

}
