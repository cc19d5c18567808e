package dev.usher.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.usher.testing.Answer;
import dev.usher.testing.JavaProcess;
import dev.usher.testing.Page;
import dev.usher.testing.Walk;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * The demo as the README starts it, and the examples it says to paste. A start takes
 * long, so the tests go on where the one before has left the folder.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoIT {

	private static final String HELD = "All 7 steps held.";

	/**
	 * The clients would listen for ever: each is ended when it is connected. Node needs a
	 * WebSocket, as browsers have.
	 */
	private static final String SHELL = """
			listen() {
			  coproc "$@" http://GATEWAY
			  while read -r line <&"${COPROC[0]}"; do
			    case $line in
			      user-name:*|connected*) echo "$line"; kill "$COPROC_PID"; wait "$COPROC_PID" || true; return 0;;
			    esac
			  done
			  return 1
			}
			java() { listen "$JAVA" -XX:TieredStopAtLevel=1 "$@"; }
			with_node() {
			  version=$(command node -p 'process.versions.node.split(".")[0]' 2> /dev/null || echo 0)
			  if [ "$version" -lt 20 ]; then echo "no Node here"; return 0; fi
			  "$@"
			}
			node() { NODE_OPTIONS=--experimental-websocket with_node listen "$(type -P node)" "$@"; }
			page() { with_node command node --experimental-websocket "$1"; }
			""";

	private static final String STOMPJS = "/META-INF/resources/webjars/stomp__stompjs/7.2.1/bundles/stomp.umd.js";

	private static final String SHOW = """
			const show = (text) => {
			  console.log(`shown: ${text}`);
			  process.exit(0);
			};
			setTimeout(() => process.exit(1), 60_000);
			""";

	/** It publishes to Bob; what she publishes to herself she is shown. */
	private static final String AFTER_PAGE = """
			await usher.publish(destination.toUser('alice', 'topic', 'greetings'), 'Good morning!');
			""";

	private static final String BEFORE_STOMPJS = """
			const StompJs = require('./stomp.cjs');
			const json = { 'Content-Type': 'application/json' };
			const call = (path, headers, body) => fetch(`http://GATEWAY${path}`,
			  { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
			let token;
			async function freshToken() {
			  const login = await call('/auth/login', {}, { username: 'alice', password: 'wonderland' });
			  token = (await login.json()).access_token;
			  return token;
			}
			""";

	/** Published again and again: it is live, and nobody says when the page listens. */
	private static final String AFTER_STOMPJS = """
			setInterval(() => token && call('/api/messages', { Authorization: `Bearer ${token}` },
			  { to: '/user/alice/topic/greetings', body: 'Good evening!' }), 200);
			""";

	@TempDir
	private static Path used;

	private static @Nullable JavaProcess demo;

	@AfterAll
	static void stop() {
		if (demo != null) {
			demo.close();
		}
	}

	/** The demo on the folder that was used before, which has walked its steps. */
	private static JavaProcess demo() {
		if (demo == null) {
			demo = JavaProcess.gateway(used, "--spring.profiles.active=demo");
			demo.awaitOutput("src/docs/examples/Serve.java");
		}
		return demo;
	}

	/** With {@code -Dusher.test.java-home=…} the jar is run on that JDK as well. */
	static Stream<String> javaHomes() {
		return Stream.of(System.getProperty("java.home"), System.getProperty("usher.test.java-home"))
			.filter(Objects::nonNull)
			.distinct();
	}

	@ParameterizedTest
	@MethodSource("javaHomes")
	@Order(1)
	void walkWhenToldToExitThenEndsWithZero(String javaHome) {
		try (JavaProcess walk = JavaProcess.gatewayOn(javaHome, used, "--spring.profiles.active=demo",
				"--usher.demo.then=exit")) {
			assertThat(walk.awaitExit()).as(walk.output()).isZero();
			assertThat(walk.output()).contains("MESSAGE", "code:forbidden", "code:unauthorized", "code:revoked", HELD);
			// No whole token; what is shown of one has dots in its middle.
			assertThat(walk.output()).doesNotContainPattern("eyJ[A-Za-z0-9_-]{20}").doesNotContain("WARNING:");
		}
	}

	@Test
	@Order(2)
	void walkWhenRepeatedOnTheSameFolderThenHoldsAgain() {
		assertThat(demo().output()).contains(HELD)
			.doesNotContainPattern("eyJ[A-Za-z0-9_-]{20}")
			.doesNotContain("WARNING:");
	}

	@Test
	@Order(5)
	void walkWhenStepDoesNotHoldThenSaysWhichAndEndsWithOne(@TempDir Path data) {
		try (JavaProcess walk = JavaProcess.gateway(data, "--spring.profiles.active=demo", "--usher.demo.then=exit",
				"--usher.access[0].destination=/topic/nothing-else")) {
			assertThat(walk.awaitExit()).as(walk.output()).isEqualTo(1);
			assertThat(walk.output()).contains("Step 4 FAILED. bob got this in place of RECEIPT.", "code:forbidden")
				.doesNotContain("steps held");
		}
	}

	@Test
	@Order(3)
	void examplesWhenStartedAsThePrintedCommandsSayThenTalkToEachOther() {
		String url = "http://localhost:" + demo().awaitPort();
		assertThat(demo().output()).contains("java src/docs/examples/Listen.java alice wonderland " + url);
		try (JavaProcess alice = listen("alice", url); JavaProcess bob = listen("bob", url)) {
			alice.awaitOutput("user-name:alice");
			bob.awaitOutput("user-name:bob");
			bob.type("alice Hello!");
			assertThat(alice.awaitOutput("Hello!")).contains("MESSAGE", "destination:/user/topic/greetings");
		}
	}

	/** With the jar of the client alone, as a service that depends on nothing else. */
	@Test
	@Order(3)
	void backendWhenRunWithTheClientsJarAloneThenPublishesAndIsHandedItsJobs() {
		try (JavaProcess backend = JavaProcess.start(JavaProcess.QUICK, "-cp", "target/usher-client.jar",
				"src/docs/examples/Backend.java", "demo-service", "wonderland",
				"http://localhost:" + demo().awaitPort())) {
			assertThat(backend.awaitExit()).as(backend.output()).isZero();
			assertThat(backend.output().lines()).containsExactlyInAnyOrder("on disk: 1", "on disk: 2", "on disk: 3",
					"done: {\"job\": 1}", "done: {\"job\": 2}", "done: {\"job\": 3}");
		}
	}

	@Test
	@Order(3)
	void readmeWhenTypedThenItsRecipesDoAsItShows(@TempDir Path folder) throws Exception {
		Page readme = Page.of("README.md");
		String gateway = "localhost:" + demo().awaitPort();
		String java = "JAVA='" + Path.of(System.getProperty("java.home"), "bin", "java") + "'\n";
		String printed = new Walk(readme).with("localhost:8080", gateway)
			.run(folder, java + SHELL.replace("GATEWAY", gateway),
					"page " + page(folder, readme, gateway) + "\npage " + stompjsPage(folder, gateway));
		assertThat(printed).contains("user-name:alice");
		assertThat(printed)
			.matches("(?s).*(connected as bob.*shown: Good morning!.*shown: Good evening!|no Node here).*");
	}

	/** The page of the README, which takes the client from the gateway. */
	private static Path page(Path folder, Page readme, String gateway) throws Exception {
		Files.writeString(folder.resolve("usher.mjs"), get("http://" + gateway + "/usher.js"));
		return Files.writeString(folder.resolve("page.mjs"),
				SHOW + readme.block("A page", "js")
					.replace("https://gateway.example.org/usher.js", "./usher.mjs")
					.replace("new Usher()", "new Usher({ url: 'http://" + gateway + "' })") + AFTER_PAGE);
	}

	private static Path stompjsPage(Path folder, String gateway) throws IOException {
		try (InputStream client = DemoIT.class.getResourceAsStream(STOMPJS)) {
			Files.copy(Objects.requireNonNull(client), folder.resolve("stomp.cjs"));
		}
		String recipe = Page.of("src/docs/client.md").block("With stompjs instead", "js");
		return Files.writeString(folder.resolve("page.cjs"),
				(BEFORE_STOMPJS + SHOW + recipe + AFTER_STOMPJS).replace("wss://gateway.example.org", "ws://" + gateway)
					.replace("GATEWAY", gateway));
	}

	/** What the demo left behind opens nothing once the profile is off. */
	@Test
	@Order(4)
	void folderWhenUsedWithoutTheProfileThenNothingOfTheDemoOpensIt() throws Exception {
		String before = "http://localhost:" + demo().awaitPort();
		Answer login = login(before, "admin", "wonderland");
		String service = service(before).text("access_token");
		assertThat(login.status()).isEqualTo(200);
		assertThat(me(before, service)).isEqualTo(200);
		demo().close();
		try (JavaProcess node = JavaProcess.gateway(used)) {
			String url = "http://localhost:" + node.awaitPort();
			for (String name : List.of("alice", "bob", "admin", "ADMIN")) {
				assertThat(login(url, name, "wonderland").code()).isEqualTo("bad_credentials");
			}
			assertThat(service(url).status()).isEqualTo(401);
			assertThat(me(url, service)).isEqualTo(401);
			assertThat(me(url, login.text("access_token"))).isEqualTo(401);
			assertThat(post(url + "/auth/refresh", "application/json",
					"{\"refresh_token\":\"" + login.text("refresh_token") + "\"}")
				.status()).isEqualTo(401);
			assertThat(node.output()).contains("The profile demo made the accounts [alice, bob]");
			Matcher shown = Pattern.compile("username admin, password (\\S+)").matcher(node.output());
			assertThat(shown.find()).isTrue();
			assertThat(login(url, "admin", shown.group(1)).status()).isEqualTo(200);
		}
	}

	@Test
	@Order(6)
	void dataWhenNoFolderIsGivenThenIsThrownAwayAndNobodyElseCanConnect(@TempDir Path temporary) throws Exception {
		Path before = Path.of("data");
		boolean there = Files.exists(before);
		try (JavaProcess thrown = JavaProcess.start(JavaProcess.QUICK, "-Djava.io.tmpdir=" + temporary, "-jar",
				JavaProcess.jar(), "--spring.profiles.active=demo", "--server.port=0", "--management.server.port=0")) {
			int port = thrown.awaitPort();
			assertThat(login("http://127.0.0.1:" + port, "alice", "wonderland").status()).isEqualTo(200);
			assertThatIOException().isThrownBy(() -> new Socket("127.0.0.2", port).close());
			assertThat(folders(temporary)).hasSize(1);
		}
		assertThat(folders(temporary)).isEmpty();
		assertThat(Files.exists(before)).isEqualTo(there);
	}

	private static List<Path> folders(Path temporary) throws IOException {
		try (Stream<Path> files = Files.list(temporary)) {
			return files.filter((file) -> file.getFileName().toString().startsWith("usher-demo")).toList();
		}
	}

	private static Answer login(String url, String username, String password) throws Exception {
		return post(url + "/auth/login", "application/json",
				"{\"username\":\"" + username + "\",\"password\":\"" + password + "\"}");
	}

	private static Answer service(String url) throws Exception {
		return post(url + "/oauth2/token", "application/x-www-form-urlencoded",
				"grant_type=client_credentials&client_id=demo-service&client_secret=wonderland");
	}

	private static String get(String url) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
			.body();
	}

	private static Answer post(String url, String type, String body) throws Exception {
		return new Answer(HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(url))
				.header("Content-Type", type)
				.POST(BodyPublishers.ofString(body))
				.build(), BodyHandlers.ofString()));
	}

	private static int me(String url, String token) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(url + "/auth/me"))
				.header("Authorization", "Bearer " + token)
				.build(), BodyHandlers.ofString())
			.statusCode();
	}

	private static JavaProcess listen(String user, String url) {
		return JavaProcess.start("src/docs/examples/Listen.java", user, "wonderland", url);
	}

}
