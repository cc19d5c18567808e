package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The packaged gateway in a process of its own, with a trusted issuer whose tokens a test
 * can mint. It can be killed and started again on the same data. Everybody may publish to
 * stored destinations and to {@code /topic/**}.
 */
public final class JarNode implements AutoCloseable {

	private static final String SECRET = "a secret of thirty-two bytes or more";

	private static final String ISSUER = "test-issuer";

	private static final String AUDIENCE = "usher";

	private static final JsonMapper json = new JsonMapper();

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final Path data;

	private final List<String> arguments = new ArrayList<>();

	private @Nullable JavaProcess process;

	private int port;

	private volatile boolean killed;

	private @Nullable Path extensions;

	private JarNode(Path data, List<String> properties) {
		this.data = data;
		set("usher.issuers[0].issuer", ISSUER);
		set("usher.issuers[0].secret", SECRET);
		set("usher.issuers[0].audience", AUDIENCE);
		set("usher.access[0].destination", "/user/*/queue/**");
		set("usher.access[0].publish", "*");
		set("usher.access[1].destination", "/queue/**");
		set("usher.access[1].publish", "*");
		set("usher.access[1].subscribe", "*");
		set("usher.access[2].destination", "/topic/**");
		set("usher.access[2].publish", "*");
		set("usher.access[2].subscribe", "*");
		// What is tested is the disk, not these limits.
		set("usher.connect.frames-per-second", "0");
		set("usher.connect.bytes-per-second", "0");
		// On a busy machine a test may take long between the handshake and its CONNECT.
		set("usher.connect.timeout", "1m");
		properties.forEach((property) -> this.arguments.add("--" + property));
	}

	/** Starts one; what is stored goes to its data folder or to a fresh database. */
	public static JarNode start(Path data, Store store, String... properties) {
		List<String> all = new ArrayList<>(store.properties());
		all.addAll(List.of(properties));
		JarNode node = new JarNode(data, all);
		node.start();
		return node;
	}

	/** Starts one with the extensions of a folder. */
	public static JarNode startWith(Path extensions, Path data, String... properties) {
		JarNode node = new JarNode(data, List.of(properties));
		node.extensions = extensions;
		node.start();
		return node;
	}

	private void set(String name, String value) {
		this.arguments.add("--" + name + "=" + value);
	}

	/** Starts it again, on the same data. */
	public void start() {
		String[] all = this.arguments.toArray(String[]::new);
		this.process = (this.extensions != null) ? JavaProcess.gatewayWith(this.extensions, this.data, all)
				: JavaProcess.gateway(this.data, all);
		this.port = this.process.awaitPort();
		this.killed = false;
	}

	/** Ends it as {@code kill -9} does. */
	public void kill() {
		this.killed = true;
		process().kill();
	}

	/** Whether it was killed, so that whatever fails now fails for that. */
	public boolean killed() {
		return this.killed;
	}

	public JavaProcess process() {
		if (this.process == null) {
			throw new IllegalStateException("not started");
		}
		return this.process;
	}

	public int port() {
		return this.port;
	}

	/** A token that is good for five minutes. */
	public String token(String user) {
		return TestTokens.valid(ISSUER, AUDIENCE, Clock.systemUTC())
			.claim("sub", user)
			.claim("jti", user + System.nanoTime())
			.sign(SECRET.getBytes(StandardCharsets.UTF_8));
	}

	/** A token of the trusted issuer with a further claim. */
	public String token(String user, String claim, Object value) {
		return TestTokens.valid(ISSUER, AUDIENCE, Clock.systemUTC())
			.claim("sub", user)
			.claim(claim, value)
			.sign(SECRET.getBytes(StandardCharsets.UTF_8));
	}

	/** Opens a socket and connects with a token of its own for this user. */
	public StompClient connect(String user) {
		return StompClient.connect(this.port, token(user));
	}

	/** Publishes over HTTP: one message or a list of them. */
	public Answer publish(String token, Object messages) {
		return post("/api/messages", token, messages);
	}

	/** Any POST, without a token where there is none. */
	public Answer post(String path, @Nullable String token, Object body) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)));
		if (token != null) {
			request.header("Authorization", "Bearer " + token);
		}
		try {
			return new Answer(this.http.send(request.build(), BodyHandlers.ofString()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		if (this.process != null) {
			this.process.close();
		}
	}

}
