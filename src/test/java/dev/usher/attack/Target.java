package dev.usher.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.testing.Answer;
import dev.usher.testing.JavaProcess;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestTokens;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.FileSystemUtils;

/**
 * The packaged gateway under attack, in a process of its own that has little memory, and
 * an issuer it trusts whose tokens cost nothing to make.
 */
final class Target {

	static final String ISSUER = "partner";

	static final byte[] SECRET = "thirty-two bytes that nobody else knows".getBytes(StandardCharsets.UTF_8);

	/** The password of every account made here. */
	static final String PASSWORD = "correct horse battery staple";

	private static final Pattern FIRST_PASSWORD = Pattern.compile("username admin, password (\\S+)");

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

	private static final JsonMapper json = new JsonMapper();

	/** Makes a gateway trust the issuer. */
	static final List<String> ISSUED = List.of("--usher.issuers[0].issuer=" + ISSUER,
			"--usher.issuers[0].audience=usher",
			"--usher.issuers[0].secret=" + new String(SECRET, StandardCharsets.UTF_8));

	private static final List<String> PROPERTIES = List.of("--server.port=0", "--management.server.port=0",
			"--usher.access[0].destination=/topic/**", "--usher.access[0].subscribe=*", "--usher.access[0].publish=*",
			"--usher.access[1].destination=/user/*/topic/**", "--usher.access[1].publish=*",
			"--usher.access[2].destination=/user/*/queue/**", "--usher.access[2].publish=*",
			"--usher.access[3].destination=/queue/work/**", "--usher.access[3].subscribe=user",
			"--usher.access[3].publish=user");

	private final Witness witness = new Witness();

	private final HttpClient client = HttpClient.newHttpClient();

	private final Path data;

	private final JavaProcess process;

	private int port;

	private String adminToken = "";

	/** One login, as the client keeps it. */
	record Login(String token, String refreshToken, String sessionId) {
	}

	private Target(List<String> machine, String... properties) {
		try {
			this.data = Files.createTempDirectory("usher-attack");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		List<String> arguments = new ArrayList<>(machine);
		arguments.addAll(List.of("-jar", JavaProcess.jar()));
		arguments.add("--usher.data=" + this.data);
		arguments.addAll(ISSUED);
		arguments.addAll(PROPERTIES);
		List.of(properties)
			.forEach((property) -> arguments.add("--" + property.replace("{data}", this.data.toString())));
		this.process = JavaProcess.start(arguments.toArray(String[]::new));
	}

	/** Starts one; {@link #awaitUp} waits for it. */
	static Target start(String heap, String... properties) {
		return new Target(List.of("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError"), properties);
	}

	/**
	 * Starts one as an operator would who knows of no option but the size of the heap.
	 */
	static Target startPlain(String heap, String... properties) {
		return new Target(List.of("-Xmx" + heap), properties);
	}

	/** Waits until it is up and changes the password that was shown. */
	void awaitUp() {
		this.port = this.process.awaitPort();
		Matcher shown = FIRST_PASSWORD.matcher(this.process.output());
		if (!shown.find()) {
			throw new AssertionError("no password was shown: " + this.process.output());
		}
		Login first = login("admin", shown.group(1));
		Answer changed = call("POST", "/auth/password", first.token(),
				Map.of("current_password", shown.group(1), "new_password", PASSWORD));
		if (changed.status() != 204) {
			throw new AssertionError(changed);
		}
		this.adminToken = first.token();
	}

	int port() {
		return this.port;
	}

	Witness witness() {
		return this.witness;
	}

	JavaProcess process() {
		return this.process;
	}

	/** An access token of the first administrator. */
	String admin() {
		return this.adminToken;
	}

	/** A token of the trusted issuer that is valid until a test spoils it. */
	static TestTokens tokenOf(String user) {
		return TestTokens.valid(ISSUER, "usher", Clock.systemUTC())
			.claim("sub", user)
			.claim("jti", UUID.randomUUID().toString());
	}

	/** A good token of the trusted issuer, for five minutes. */
	static String token(String user) {
		return tokenOf(user).sign(SECRET);
	}

	/** Makes an account of the role {@code user} and logs in. */
	Login account(String username) {
		Answer made = call("POST", "/admin/accounts", admin(),
				Map.of("username", username, "password", PASSWORD, "roles", List.of("user")));
		if (made.status() != 201) {
			throw new AssertionError(made);
		}
		return login(username, PASSWORD);
	}

	Login login(String username, String password) {
		Answer answer = call("POST", "/auth/login", null,
				Map.of("username", username, "password", this.witness.secret(password)));
		if (answer.status() != 200) {
			throw new AssertionError(answer);
		}
		return new Login(answer.text("access_token"), this.witness.secret(answer.text("refresh_token")),
				answer.text("session_id"));
	}

	Answer refresh(String refreshToken) {
		return call("POST", "/auth/refresh", null, Map.of("refresh_token", refreshToken));
	}

	/** Writes a body. */
	static String json(Object body) {
		return json.writeValueAsString(body);
	}

	/** Calls with a JSON body, or with none. */
	Answer call(String method, String path, @Nullable String token, @Nullable Object body) {
		HttpRequest.Builder request = request(path).method(method,
				(body != null) ? BodyPublishers.ofString(json.writeValueAsString(body)) : BodyPublishers.noBody());
		if (body != null) {
			request.header("Content-Type", "application/json");
		}
		if (token != null) {
			request.header("Authorization", "Bearer " + token);
		}
		return send(request);
	}

	HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
	}

	Answer send(HttpRequest.Builder request) {
		try {
			Answer answer = new Answer(this.client.send(request.build(), BodyHandlers.ofString()));
			this.witness.saw(answer.status(), answer.response().headers().map(), answer.response().body());
			return answer;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Sends a POST with a body as it is and a few headers, as {@code name:value}. */
	Answer post(String path, String body, String... headers) {
		HttpRequest.Builder request = request(path).POST(BodyPublishers.ofString(body))
			.header("Content-Type", "application/json");
		StompClient.headers(headers).forEach(request::header);
		return send(request);
	}

	/** Gets a ticket for a session. */
	String ticket(Login login) {
		Answer answer = call("POST", "/auth/tickets", login.token(), null);
		if (answer.status() != 201) {
			throw new AssertionError(answer);
		}
		return this.witness.secret(answer.text("ticket"));
	}

	/** What the handshake answers; the socket is cut then. */
	RawWebSocket.Answer handshake(String path, String... headers) {
		try (RawWebSocket socket = RawWebSocket.open(this.port, path, StompClient.headers(headers))) {
			return seen(socket.handshake());
		}
	}

	/** What a request answers that is sent as it is. */
	RawWebSocket.Answer raw(String request) {
		try (RawWebSocket socket = RawWebSocket.send(this.port, request)) {
			return seen(socket.handshake());
		}
	}

	private RawWebSocket.Answer seen(RawWebSocket.Answer answer) {
		this.witness.saw(answer.status(), answer.headers(), answer.body());
		return answer;
	}

	/** Opens a socket and nothing more. */
	StompClient open(String... headers) {
		return client(() -> RawWebSocket.open(this.port, "/ws", StompClient.headers(headers)));
	}

	/** The same on a path with a query. */
	StompClient openAt(String path) {
		return client(() -> RawWebSocket.open(this.port, path, Map.of()));
	}

	/** Opens a session as a user of the trusted issuer. */
	StompClient connect(String user) {
		return connectWith(token(user));
	}

	StompClient connectWith(String token) {
		StompClient client = open();
		client.sendConnect(token).expect("CONNECTED");
		return client;
	}

	/** Opens a session of a client that takes little in and will not read. */
	StompClient connectDeaf(String user) {
		StompClient client = client(() -> RawWebSocket.open(this.port, "/ws", Map.of(), 2048));
		client.sendConnect(token(user)).expect("CONNECTED");
		return client;
	}

	/**
	 * Comes again while there is no room, as clients do: of sockets that a test before
	 * has cut the gateway learns a moment later.
	 */
	private StompClient client(Supplier<RawWebSocket> handshake) {
		long deadline = System.nanoTime() + PATIENCE;
		RawWebSocket socket = handshake.get();
		while (socket.handshake().status() == 503 && System.nanoTime() < deadline) {
			socket.close();
			socket = handshake.get();
		}
		if (socket.handshake().status() != 101) {
			throw new AssertionError("handshake refused: " + socket.handshake());
		}
		return new StompClient(socket, this.witness::saw);
	}

	/** Sends a CONNECT with a token that must be refused so, on a socket of its own. */
	StompFrame refuses(String token, String code, int closeStatus) {
		try (StompClient client = open()) {
			return client.sendConnect(token).expectError(code, closeStatus);
		}
	}

	/** Ends it at once and removes its data. */
	void stop() {
		this.process.kill();
		FileSystemUtils.deleteRecursively(this.data.toFile());
	}

	Path data() {
		return this.data;
	}

}
