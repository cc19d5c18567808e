package dev.usher.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.JavaProcess;
import dev.usher.testing.RedisServer;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/** Three nodes on one database and one Redis. */
final class Cluster implements AutoCloseable {

	/** Shorter than the default, for the tests that wait until one is over. */
	static final Duration LEASE = Duration.ofSeconds(10);

	static final Duration BLIND_AFTER = Duration.ofSeconds(10);

	/** The password of every account made here. */
	static final String PASSWORD = "correct horse battery staple";

	private static final Pattern FIRST_PASSWORD = Pattern.compile("username admin, password (\\S+)");

	/** A lane tries again after ten seconds at most. */
	private static final int PATIENCE = 60;

	private final RestartablePostgres postgres = RestartablePostgres.start();

	private final RedisServer redis = RedisServer.start();

	private final Path folder;

	private final List<ClusterNode> nodes = new ArrayList<>();

	private String admin = "";

	private Cluster(List<String> jar) {
		try {
			this.folder = Files.createTempDirectory("usher-cluster");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		for (String name : List.of("a", "b", "c")) {
			this.nodes.add(node(name).launch(jar));
		}
	}

	/** Starts all at once, on an empty database. */
	static Cluster start() {
		return start(JavaProcess.quickJar());
	}

	/** The same by another jar. */
	static Cluster start(String jar) {
		return start(List.of("-jar", jar));
	}

	private static Cluster start(List<String> jar) {
		Cluster cluster = new Cluster(jar);
		try {
			cluster.nodes.forEach(ClusterNode::awaitUp);
			cluster.admin = cluster.firstLogin();
			cluster.awaitWell();
			return cluster;
		}
		catch (RuntimeException | Error ex) {
			cluster.close();
			throw ex;
		}
	}

	private String firstLogin() {
		for (ClusterNode node : this.nodes) {
			Matcher shown = FIRST_PASSWORD.matcher(node.process().output());
			if (shown.find()) {
				return login(a(), "admin", shown.group(1)).text("access_token");
			}
		}
		throw new AssertionError("no password was shown");
	}

	/** One that belongs to it and is not started. */
	ClusterNode node(String name, String... properties) {
		return node(name, this.redis, properties);
	}

	/** The same with another Redis. */
	ClusterNode node(String name, RedisServer server, String... properties) {
		return new ClusterNode(name, this.folder.resolve(name), this.postgres, server.port(), properties);
	}

	ClusterNode a() {
		return this.nodes.get(0);
	}

	ClusterNode b() {
		return this.nodes.get(1);
	}

	ClusterNode c() {
		return this.nodes.get(2);
	}

	List<ClusterNode> nodes() {
		return this.nodes;
	}

	RestartablePostgres postgres() {
		return this.postgres;
	}

	RedisServer redis() {
		return this.redis;
	}

	/** An access token of the first administrator. */
	String admin() {
		return this.admin;
	}

	/** Makes an account on the first node. */
	void account(String name) {
		Answer made = a().call("POST", "/admin/accounts", this.admin,
				Map.of("username", name, "password", PASSWORD, "roles", List.of("user")));
		if (made.status() != 201) {
			throw new AssertionError(made);
		}
	}

	static Answer login(ClusterNode node, String name, String password) {
		Answer answer = node.call("POST", "/auth/login", null, Map.of("username", name, "password", password));
		if (answer.status() != 200) {
			throw new AssertionError(answer);
		}
		return answer;
	}

	/** Publishes one message over HTTP, which is accepted. */
	static Answer publish(ClusterNode node, String token, String to, String body) {
		Answer answer = node.call("POST", "/api/messages", token, Map.of("to", to, "body", body));
		if (answer.status() != 200) {
			throw new AssertionError(answer);
		}
		return answer;
	}

	/** Waits until all nodes live, are ready and hear each other. */
	void awaitWell() {
		try {
			Await.within(PATIENCE, () -> this.nodes.stream().allMatch(this::isWell));
		}
		catch (AssertionError ex) {
			throw new AssertionError("the nodes are not well again\n" + describe(), ex);
		}
	}

	private boolean isWell(ClusterNode node) {
		try {
			return node.metric("usher_nodes") == this.nodes.size() && node.isReady() && node.health().equals("UP")
					&& node.hasAllChannels();
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	/** The last lines of all nodes. */
	private String describe() {
		StringBuilder all = new StringBuilder();
		for (ClusterNode node : this.nodes) {
			List<String> lines = node.process().output().lines().toList();
			all.append("--- ").append(node.name()).append(", health ").append(healthOf(node)).append('\n');
			lines.subList(Math.max(0, lines.size() - 15), lines.size())
				.forEach((line) -> all.append(line).append('\n'));
		}
		return all.toString();
	}

	private static @Nullable String healthOf(ClusterNode node) {
		try {
			return node.health();
		}
		catch (UncheckedIOException ex) {
			return null;
		}
	}

	@Override
	public void close() {
		this.nodes.forEach(ClusterNode::close);
		this.redis.close();
		this.postgres.close();
		FileSystemUtils.deleteRecursively(this.folder.toFile());
	}

}
