package dev.usher.bus.redis;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.EntryKind;
import dev.usher.testing.Await;
import dev.usher.testing.Postgres;
import dev.usher.testing.RedisServer;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the page on several nodes says to paste and to watch, held against two of them.
 */
class OperatingPageTests {

	private static final Path PAGE = Path.of("src/docs/cluster.md");

	/**
	 * Between {@code SETUSER} and the rights: the name, and {@code on} with a password.
	 */
	private static final Pattern RIGHTS = Pattern.compile("(?m)^ACL SETUSER (\\S+) on >(\\S+) (.+)$");

	private static final Pattern METRIC = Pattern.compile("`(usher_[a-z_]+)(?:\\{[a-z]+})?`");

	private static Matcher documentedUser() throws IOException {
		Matcher line = RIGHTS.matcher(Files.readString(PAGE));
		assertThat(line.find()).isTrue();
		return line;
	}

	@Test
	void gatewaysWhenRedisHasTheDocumentedUserThenReachEachOtherAndHaveTheDocumentedMetrics() throws Exception {
		Matcher user = documentedUser();
		String database = Postgres.newMigratedDatabase();
		try (RedisServer redis = RedisServer.start()) {
			assertThat(redis.command(user.group().split(" "))).isEqualTo("OK");
			try (TestGateway one = node("one", database, redis, user);
					TestGateway other = node("other", database, redis, user);
					StompClient alice = one.connect("alice");
					StompClient bob = other.connect("bob")) {
				// It may come up after the start.
				Await.within(30, () -> one.bean(Bus.class).works() && other.bean(Bus.class).works());
				Await.within(30, () -> hearsTheOther(bob));
				AtomicInteger sent = new AtomicInteger();
				Await.within(30,
						() -> reachesAll(alice.receipt(StompFrame.of("SEND", "destination:/user/bob/topic/chat")
							.body("hello " + sent.incrementAndGet()))));
				Await.within(30, () -> bob.expect("MESSAGE").text().equals("hello " + sent));
				bob.sendAndWait("UNSUBSCRIBE", "id:s");
				assertThat(metrics(one)).containsAll(documentedMetrics());
			}
			assertThat(redis.command("ACL", "LOG")).isEmpty();
			// Nor is it asked for anything it does not know, and a newer one would
			// refuse.
			assertThat(redis.command("INFO", "errorstats")).doesNotContain("errorstat_");
		}
	}

	private static boolean hearsTheOther(StompClient client) {
		if (reachesAll(client.receipt(StompFrame.of("SUBSCRIBE", "id:s", "destination:/user/topic/chat")))) {
			return true;
		}
		client.sendAndWait("UNSUBSCRIBE", "id:s");
		return false;
	}

	/** One that stands still for two seconds says rightly that it was this node. */
	private static boolean reachesAll(StompFrame receipt) {
		return "cluster".equals(receipt.header("reach"));
	}

	private static TestGateway node(String name, String database, RedisServer redis, Matcher user) {
		return TestGateway.start(redis.properties("management.server.port=0", "usher.cluster.node=" + name,
				"spring.datasource.url=" + database, "spring.data.redis.username=" + user.group(1),
				"spring.data.redis.password=" + user.group(2),
				"usher.token.key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="));
	}

	private static Set<String> documentedMetrics() throws IOException {
		Set<String> names = new TreeSet<>();
		Matcher name = METRIC.matcher(Files.readString(PAGE));
		while (name.find()) {
			names.add(name.group(1));
		}
		assertThat(names).hasSizeGreaterThan(10);
		return names;
	}

	private static Set<String> metrics(TestGateway node) throws IOException, InterruptedException {
		String port = node.bean(Environment.class).getRequiredProperty("local.management.port");
		String text = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/prometheus")).build(),
					BodyHandlers.ofString())
			.body();
		Set<String> names = new TreeSet<>();
		text.lines()
			.filter((line) -> !line.startsWith("#"))
			.map((line) -> line.split("[{ ]", 2)[0])
			.forEach((name) -> names.addAll(List.of(name, name.replaceFirst("_(count|sum|max)$", ""))));
		return names;
	}

	static Stream<String> rights() throws IOException {
		return Arrays.stream(documentedUser().group(3).split(" ")).filter((word) -> word.startsWith("+"));
	}

	/** So none of them is there for nothing. */
	@ParameterizedTest
	@MethodSource("rights")
	void busWhenOneOfTheDocumentedRightsIsMissingThenRedisHasRefusedIt(String right) throws Exception {
		Matcher user = documentedUser();
		try (RedisServer redis = RedisServer.start()) {
			List<String> words = new ArrayList<>(List.of(user.group().split(" ")));
			assertThat(words.remove(right)).isTrue();
			assertThat(redis.command(words.toArray(String[]::new))).isEqualTo("OK");
			RedisURI uri = RedisURI.create("127.0.0.1", redis.port());
			uri.setCredentialsProvider(new StaticCredentialsProvider(user.group(1), user.group(2).toCharArray()));
			try (BusNode node = new BusNode(uri, BusNode.KEY, 1, 16)) {
				BusChannel topic = BusChannel.topic("x");
				node.bus.want(topic);
				node.bus.confirmed(topic).join();
				node.bus.send(topic, EntryKind.HINT, new byte[1]).join();
				node.bus.unwant(topic);
				Await.until(() -> redis.command("ACL", "LOG").contains("\nobject\n" + right.substring(1) + "\n"));
			}
		}
	}

}
