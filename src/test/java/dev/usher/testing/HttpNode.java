package dev.usher.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
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
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.UsherApplication;
import dev.usher.account.CheapHashing;
import dev.usher.thread.SteadyTime;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * The gateway as one starts it the first time, with no account but {@code admin}, spoken
 * to over real HTTP.
 */
public final class HttpNode implements AutoCloseable {

	/** The password of every user made here. */
	public static final String PASSWORD = "correct horse battery";

	private static final Pattern SHOWN = Pattern.compile("username admin, password (\\S+)");

	private static final JsonMapper json = new JsonMapper();

	static {
		FewKeys.install();
	}

	private final MutableClock clock = new MutableClock();

	private final HttpClient client = HttpClient.newHttpClient();

	private final ConfigurableApplicationContext context;

	private final Path data;

	private final String adminPassword;

	private HttpNode(Consumer<GenericApplicationContext> beans, List<String> properties) {
		this.data = Migrations.newDataFolder("usher-node");
		List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--usher.data=" + this.data));
		// A second server, which few ask for.
		setUnlessGiven(arguments, properties, "management.server.port", "-1");
		// On a busy machine a test may take long between the handshake and its CONNECT.
		setUnlessGiven(arguments, properties, "usher.connect.timeout", "1m");
		properties.forEach((property) -> arguments.add("--" + property));
		PrintStream console = System.out;
		ByteArrayOutputStream shown = new ByteArrayOutputStream();
		System.setOut(new PrintStream(shown, true, StandardCharsets.UTF_8));
		try {
			this.context = new SpringApplicationBuilder(UsherApplication.class)
				.initializers(new SharedMetadata(),
						(context) -> ((GenericApplicationContext) context).registerBean("testClock", Clock.class,
								() -> this.clock, (definition) -> definition.setPrimary(true)),
						(context) -> ((GenericApplicationContext) context).registerBean("testTime", SteadyTime.class,
								() -> this.clock::nanos, (definition) -> definition.setPrimary(true)),
						(context) -> beans.accept((GenericApplicationContext) context))
				.run(arguments.toArray(String[]::new));
		}
		finally {
			System.setOut(console);
		}
		Matcher matcher = SHOWN.matcher(shown.toString(StandardCharsets.UTF_8));
		this.adminPassword = matcher.find() ? matcher.group(1) : "";
	}

	private static void setUnlessGiven(List<String> arguments, List<String> properties, String name, String value) {
		if (properties.stream().noneMatch((property) -> property.startsWith(name + "="))) {
			arguments.add("--" + name + "=" + value);
		}
	}

	public static HttpNode start(Store store, String... properties) {
		return startWith(store, (context) -> {
		}, properties);
	}

	/** Starts one with further beans, as an extension brings them. */
	public static HttpNode startWith(Store store, Consumer<GenericApplicationContext> beans, String... properties) {
		return start(store, beans.andThen(CheapHashing::register), properties);
	}

	/** Starts one whose hashes of passwords cost what they cost in production. */
	public static HttpNode startWithCostlyHashes(Store store, String... properties) {
		return start(store, (context) -> {
		}, properties);
	}

	private static HttpNode start(Store store, Consumer<GenericApplicationContext> beans, String... properties) {
		List<String> all = new ArrayList<>(store.properties());
		all.addAll(List.of(properties));
		return new HttpNode(beans, all);
	}

	public MutableClock clock() {
		return this.clock;
	}

	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	public <T> T bean(String name, Class<T> type) {
		return this.context.getBean(name, type);
	}

	/** What the console showed at the first start. */
	public String adminPassword() {
		return this.adminPassword;
	}

	public WebServer webServer() {
		return ((WebServerApplicationContext) this.context).getWebServer();
	}

	public int port() {
		return webServer().getPort();
	}

	/** An access token of the first administrator, of a new session. */
	public String admin() {
		return login("admin", this.adminPassword).text("access_token");
	}

	/** Makes a user with {@link #PASSWORD}. */
	public void makeUser(String username, String... roles) {
		Answer answer = call("POST", "/admin/accounts", admin(),
				Map.of("username", username, "password", PASSWORD, "roles", List.of(roles)));
		if (answer.status() != 201) {
			throw new AssertionError(answer);
		}
	}

	public Answer login(String username) {
		return login(username, PASSWORD);
	}

	public Answer login(String username, String password) {
		return call("POST", "/auth/login", null, Map.of("username", username, "password", password));
	}

	public Answer refresh(String refreshToken) {
		return call("POST", "/auth/refresh", null, Map.of("refresh_token", refreshToken));
	}

	public Answer get(String path, @Nullable String token) {
		return call("GET", path, token, null);
	}

	/** Calls with a JSON body, or with none. */
	public Answer call(String method, String path, @Nullable String token, @Nullable Object body) {
		HttpRequest.Builder request = request(path).method(method, (body == null) ? HttpRequest.BodyPublishers.noBody()
				: HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)));
		if (body != null) {
			request.header("Content-Type", "application/json");
		}
		if (token != null) {
			request.header("Authorization", "Bearer " + token);
		}
		return send(request);
	}

	public HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path));
	}

	public Answer send(HttpRequest.Builder request) {
		try {
			return new Answer(this.client.send(request.build(), BodyHandlers.ofString()));
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
		this.context.close();
		FileSystemUtils.deleteRecursively(this.data.toFile());
	}

}
