package dev.usher.client;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

import dev.usher.UsherApplication;
import dev.usher.client.java.ScenarioRunner;
import dev.usher.testing.TcpProxy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** The kit in Node, at a real gateway with a real clock. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NodeKitTests {

	private static final JsonMapper json = new JsonMapper();

	private static final Path RESOURCES = Path.of("src/test/resources/dev/usher/client").toAbsolutePath();

	private static final Path SCENARIOS = RESOURCES.resolve("scenarios.json");

	private static final String PASSWORD = "correct horse battery";

	@TempDir
	static Path folder;

	/** The scenarios that wait for tokens to be renewed, or for new ones. */
	private static final Set<String> RENEWING = Set.of("renew", "refresh", "keys",
			"tokensWhenTheyEndAfterSecondsThenAreRenewedAndNothingIsLost");

	/** Of the services that run the scenarios, by their ids and their gateway's port. */
	private static final Map<String, String> SECRETS = new HashMap<>();

	private static final List<ConfigurableApplicationContext> gateways = new ArrayList<>();

	private static int port;

	/** Of the gateway whose tokens live for seconds. */
	private static int renewingPort;

	@BeforeAll
	@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	static void start() throws Exception {
		port = start("15m");
		renewingPort = start("10s");
	}

	private static int start(String lifetime) throws Exception {
		List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--management.server.port=0",
				"--usher.data=" + folder.resolve("data-" + lifetime), "--usher.token.lifetime=" + lifetime,
				"--usher.inbox.keep-count=0", "--usher.admin.password=" + PASSWORD));
		for (String kind : List.of("topic", "queue")) {
			int i = kind.equals("topic") ? 0 : 1;
			arguments.add("--usher.access[" + i + "].destination=/user/*/" + kind + "/**");
			arguments.add("--usher.access[" + i + "].publish=*");
		}
		ConfigurableApplicationContext gateway = new SpringApplicationBuilder(UsherApplication.class)
			.registerShutdownHook(false)
			.run(arguments.toArray(String[]::new));
		gateways.add(gateway);
		int port = ((WebServerApplicationContext) gateway).getWebServer().getPort();
		for (String user : List.of("alice", "bob")) {
			create(port, "/admin/accounts", account(user, ",\"roles\":[\"user\"]"));
		}
		for (String service : List.of("java", "node")) {
			HttpResponse<String> answer = create(port, "/admin/clients",
					"{\"client_id\":\"" + service + "\",\"scopes\":[\"publish\"]}");
			SECRETS.put(service + port, json.readTree(answer.body()).path("client_secret").asString());
		}
		return port;
	}

	/** On a busy machine the token of ten seconds may have ended before it is used. */
	private static HttpResponse<String> create(int port, String path, String body) throws Exception {
		HttpResponse<String> created = tryToCreate(port, path, body);
		for (int tries = 1; created.statusCode() == 401 && tries < 5; tries++) {
			created = tryToCreate(port, path, body);
		}
		assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
		return created;
	}

	private static HttpResponse<String> tryToCreate(int port, String path, String body) throws Exception {
		HttpResponse<String> login = post(port, "/auth/login", null, account("admin", ""));
		assertThat(login.statusCode()).as(login.body()).isEqualTo(200);
		String token = json.readTree(login.body()).path("access_token").asString();
		return post(port, path, token, body);
	}

	private static String account(String user, String more) {
		return "{\"username\":\"" + user + "\",\"password\":\"" + PASSWORD + "\"" + more + "}";
	}

	private static HttpResponse<String> post(int port, String path, @Nullable String token, String body)
			throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(port) + path))
			.header("Content-Type", "application/json")
			.timeout(Duration.ofMinutes(1))
			.POST(HttpRequest.BodyPublishers.ofString(body));
		if (token != null) {
			request.header("Authorization", "Bearer " + token);
		}
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
	}

	@AfterAll
	@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	static void stop() {
		gateways.forEach(ConfigurableApplicationContext::close);
	}

	private static String url(int port) {
		return "http://localhost:" + port;
	}

	private static int portFor(String scenario) {
		return RENEWING.contains(scenario) ? renewingPort : port;
	}

	private static String script() {
		return RESOURCES.resolve("node.mjs").toString();
	}

	private static JsonNode run(String scenario) throws Exception {
		try (NodeProcess node = new NodeProcess(folder, script(), url(portFor(scenario)), scenario)) {
			return json.readTree(node.result((line) -> {
			}));
		}
	}

	@Test
	void renewalsWhenTokensLiveForSecondsThenNothingIsLost() throws Exception {
		JsonNode result = run("renew");
		assertThat(result.path("inOrder").asBoolean()).as(result.toString()).isTrue();
		assertThat(result.path("renewed").asInt()).as(result.toString()).isGreaterThanOrEqualTo(4);
	}

	@Test
	void refreshWhenItsAnswersAreLostThenNobodyIsLoggedOut() throws Exception {
		JsonNode result = run("refresh");
		assertThat(result.path("lost").asInt()).isEqualTo(3);
		// The one is the logout at the end.
		assertThat(result.path("signedout").asInt()).as(result.toString()).isEqualTo(1);
	}

	@Test
	void loginWhenBoundToAKeyThenIsRenewedAndWorthNothingToAThief() throws Exception {
		JsonNode result = run("keys");
		assertThat(result).isEqualTo(json.readTree("""
				{"thefts": {"call": "unauthorized", "bare": "unauthorized", "refresh": "invalid_dpop_proof",
				"bearer": "unauthorized", "key": "unauthorized", "refreshed": "invalid_dpop_proof"},
				"type": "DPoP", "username": "alice", "connected": 1, "signedout": 0}"""));
	}

	@Test
	void refusalsWhenOfOneFrameThenTheRestGoesOn() throws Exception {
		JsonNode result = run("refused");
		assertThat(result).isEqualTo(json.readTree(
				"{\"code\":\"forbidden\",\"incident\":true,\"published\":\"forbidden\",\"large\":\"too_large\"}"));
	}

	@Test
	void cutsWhenTheNetworkBreaksThenNothingIsLostOrRepeated() throws Exception {
		AtomicInteger cuts = new AtomicInteger();
		try (TcpProxy network = new TcpProxy(port);
				NodeProcess node = new NodeProcess(folder, script(), url(network.port()), "cuts")) {
			JsonNode result = json.readTree(node.result((line) -> {
				if (line.equals("cut")) {
					cuts.incrementAndGet();
					network.cut();
					network.mend();
				}
			}));
			assertThat(result.path("inOrder").asBoolean()).as(result.toString()).isTrue();
			assertThat(result.path("connected").asInt()).as(result.toString()).isGreaterThan(5);
			assertThat(cuts.get()).isEqualTo(40);
		}
	}

	static List<JsonNode> scenarios() throws Exception {
		List<JsonNode> scenarios = new ArrayList<>();
		json.readTree(SCENARIOS.toFile()).forEach(scenarios::add);
		return scenarios;
	}

	@ParameterizedTest
	@MethodSource("scenarios")
	void sameScenarioWhenRunByTheJavaClientThenHolds(JsonNode scenario) throws Exception {
		int port = portFor(scenario.path("name").asString());
		try (TcpProxy network = new TcpProxy(port);
				ScenarioRunner runner = new ScenarioRunner(network, "java",
						scenario.path("credential").asString(SECRETS.get("java" + port)))) {
			runner.run(scenario);
		}
	}

	@ParameterizedTest
	@MethodSource("scenarios")
	void sameScenarioWhenRunByTheKitThenHolds(JsonNode scenario) throws Exception {
		int port = portFor(scenario.path("name").asString());
		try (TcpProxy network = new TcpProxy(port);
				NodeProcess node = new NodeProcess(folder, RESOURCES.resolve("scenario-file.mjs").toString(),
						url(network.port()), SCENARIOS.toString(), scenario.path("name").asString(), "node",
						SECRETS.get("node" + port))) {
			JsonNode result = json.readTree(node.result((line) -> {
				if (line.equals("cut")) {
					network.cut();
				}
				else if (line.equals("mend")) {
					network.mend();
				}
			}));
			assertThat(result.path("held").asBoolean()).isTrue();
		}
	}

	@Test
	void exampleWhenStartedTwiceThenTheTwoTalkToEachOther() {
		String example = Path.of("src/docs/examples/listen.mjs").toAbsolutePath().toString();
		try (NodeProcess alice = new NodeProcess(folder, example, "alice", PASSWORD, url(port));
				NodeProcess bob = new NodeProcess(folder, example, "bob", PASSWORD, url(port))) {
			alice.await("connected as alice");
			bob.await("connected as bob");
			// Her SUBSCRIBE is behind her: what she sends next is answered after it.
			alice.type("alice I am here.");
			alice.await("alice: I am here.");
			bob.type("alice Hello!");
			alice.await("bob: Hello!");
		}
	}

	@Test
	void exampleWhenThePasswordIsWrongThenSaysSo() {
		String example = Path.of("src/docs/examples/listen.mjs").toAbsolutePath().toString();
		try (NodeProcess node = new NodeProcess(folder, example, "alice", "wrong", url(port))) {
			node.await("bad_credentials: ");
		}
	}

	/** As the page says to. */
	@Test
	void packageWhenInstalledByNpmThenRunsAndIsPinned() throws Exception {
		Path project = Files.createDirectories(folder.resolve("project"));
		Files.writeString(project.resolve("package.json"), "{\"name\": \"project\", \"type\": \"module\"}");
		try (NodeProcess npm = NodeProcess.npm(project, "install", "--no-audit", "--no-fund", "--ignore-scripts",
				"--update-notifier=false", "--cache=" + folder.resolve("npm"), url(port) + "/usher.tgz")) {
			assertThat(npm.all()).contains("added 1 package");
		}
		assertThat(project.resolve("node_modules/usher-client/usher.d.ts")).exists();
		JsonNode lock = json.readTree(Files.readString(project.resolve("package-lock.json")));
		assertThat(lock.path("packages").path("node_modules/usher-client").path("integrity").asString())
			.startsWith("sha512-");
		Files.writeString(project.resolve("main.js"), """
				import { Usher, UsherError, destination } from 'usher-client';
				const usher = new Usher({ url: process.argv[2] });
				const error = await usher.login({ username: 'alice', password: 'wrong' }).catch((each) => each);
				console.log(error instanceof UsherError, error.code, destination.toUser('a/b', 'topic', 'x'));
				""");
		try (NodeProcess node = new NodeProcess(project, "main.js", url(port))) {
			node.await("true bad_credentials /user/a%2Fb/topic/x");
		}
	}

	/** As npm unpacks it: a package of that name with these files. */
	@Test
	void packageWhenInstalledThenIsImportedByItsName() throws Exception {
		byte[] archive = new ClientKit().files().get("/usher.tgz").source().read();
		Path installed = folder.resolve("node_modules/usher-client");
		Files.createDirectories(installed);
		byte[] tar = new GZIPInputStream(new ByteArrayInputStream(archive)).readAllBytes();
		for (Map.Entry<String, String> file : TarReader.read(tar).entrySet()) {
			Files.writeString(installed.resolve(file.getKey().substring("package/".length())), file.getValue());
		}
		String code = "import { Usher } from 'usher-client'; try { new Usher(); } catch (error) { console.log(error.message); }";
		try (NodeProcess node = new NodeProcess(folder, "--input-type=module", "-e", code)) {
			node.await("Name the gateway in the option url");
		}
	}

}
