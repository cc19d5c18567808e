package dev.usher.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.testing.Chromium;
import dev.usher.testing.JarNode;
import dev.usher.testing.PageServer;
import dev.usher.testing.Store;
import dev.usher.testing.TcpProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticator;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The kit and the example pages in the machine's Chromium, before the packaged jar, on an
 * origin that is not the gateway's. Skipped where there is no browser, unless
 * {@code usher.browser} is {@code required}.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrowserIT {

	private static final String PASSWORD = "correct horse battery";

	private static final String LOGIN = "usher.login({ username: 'admin', password: '" + PASSWORD + "' })";

	private static final String CONNECTED = "window.usher?.snapshot().state === 'connected'";

	private static final String SHOWN = "[window.usher?.snapshot(), window.events, window.calls]";

	@TempDir
	private static Path folder;

	private static Chromium browser;

	private static PageServer pages;

	private static JarNode node;

	/** Between the browser and the gateway. */
	private static TcpProxy network;

	private static String tab;

	@BeforeAll
	@Timeout(value = 8, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	static void start() throws IOException {
		browser = Chromium.start();
		tab = browser.tab();
		pages = new PageServer();
		String origin = pages.origin("localhost");
		// The tokens end after so long that a hidden page hears a few beats meanwhile.
		node = JarNode.start(folder, Store.EMBEDDED, "usher.admin.password=" + PASSWORD, "usher.token.lifetime=40s",
				"usher.origins[0]=" + origin, "usher.origins[1]=" + pages.origin("127.0.0.1"),
				"usher.webauthn.rp-id=localhost", "usher.webauthn.origins=" + origin);
		network = new TcpProxy(node.port());
		pages.page("/nothing.html", "<!doctype html><title>Nothing</title>");
		pages.page("/kit.html", resource("page.html"));
		for (String example : List.of("page.html", "passkey.html")) {
			pages.page("/" + example, Files.readString(Path.of("src/docs/examples", example)));
		}
	}

	@AfterAll
	@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	static void stop() throws Exception {
		try (AutoCloseable first = pages;
				AutoCloseable second = node;
				AutoCloseable third = network;
				AutoCloseable last = browser) {
			// Those that were started are closed, the browser first.
		}
	}

	/** Each test begins without a login. */
	@BeforeEach
	void clear() {
		network.mend();
		browser.closeTabsBut(tab);
		browser.open(pages.origin("localhost") + "/nothing.html");
		browser.evaluate("localStorage.clear()");
	}

	private static String resource(String name) throws IOException {
		try (InputStream stream = Objects.requireNonNull(BrowserIT.class.getResourceAsStream(name), name)) {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static String gateway() {
		return "http://localhost:" + network.port();
	}

	private static String kit(String host, String options) {
		return pages.origin(host) + "/kit.html?gateway=" + gateway() + options;
	}

	private static void awaitKit(String condition) {
		browser.awaitTrue(condition, SHOWN);
	}

	private static void openAndLogIn(String options) {
		browser.open(kit("localhost", options));
		logIn();
	}

	private static void logIn() {
		awaitKit("window.usher?.snapshot().state === 'signedout'");
		browser.evaluate("events.splice(0)");
		assertThat(browser.await(LOGIN)).asString().contains("admin");
		awaitKit(CONNECTED);
	}

	@Test
	void tabsWhenHiddenThenStayConnectedAndThoseOfOneLoginRefreshOnce() {
		openAndLogIn("&keys");
		String still = browser.openTab(kit("localhost", "&alone&still"));
		logIn();
		browser.openTab(kit("localhost", "&keys"));
		awaitKit(CONNECTED);
		assertThat(browser.evaluate("calls.length")).as("logins of the second tab").isEqualTo(0L);
		// Talking to a tab shows it, so all this time it is this one alone.
		awaitKit("events.includes('renewed') && performance.now() > 21000");
		long refreshes = refreshes();
		browser.show(still);
		assertThat(browser.evaluate("hiddenFor > 20000")).as("hidden for two beats").isEqualTo(true);
		awaitKit("events.includes('renewed')");
		assertThat(browser.evaluate("[...new Set(events)].join()")).isEqualTo("connected,renewed");
		browser.show(tab);
		assertThat(browser.evaluate("hiddenFor > 20000")).as("hidden for two beats").isEqualTo(true);
		awaitKit("events.includes('renewed')");
		assertThat(browser.evaluate("[...new Set(events)].join()")).isEqualTo("connected,renewed");
		// On a slow machine the next one may be on its way.
		assertThat(refreshes + refreshes()).as("refreshes of both tabs")
			.isBetween(1L, (long) Objects
				.requireNonNull(browser.evaluate("events.filter((each) => each === 'renewed').length")));
	}

	private static long refreshes() {
		return (long) Objects
			.requireNonNull(browser.evaluate("calls.filter((each) => each === '/auth/refresh').length"));
	}

	@Test
	void pageWhenItSleptWhileTheNetworkBrokeThenNoticesOnWaking() {
		openAndLogIn("");
		browser.driver().manage().window().minimize();
		browser.awaitTrue("document.hidden", "document.visibilityState");
		browser.command("Page.setWebLifecycleState", Map.of("state", "frozen"));
		network.hold();
		browser.command("Page.setWebLifecycleState", Map.of("state", "active"));
		browser.driver().manage().window().maximize();
		awaitKit("events.includes('connection_lost')");
		network.mend();
		awaitKit(CONNECTED);
		assertThat(browser.evaluate("events.join()")).isEqualTo("connected,connection_lost,connected");
	}

	@Test
	void pageWhenLeftAndComeBackToThenIsConnected() {
		openAndLogIn("&store");
		browser.open(pages.origin("localhost") + "/nothing.html");
		browser.driver().navigate().back();
		awaitKit(CONNECTED);
		// Shown again as it was, without its connection; or loaded anew by a browser that
		// does not keep pages.
		assertThat(browser.evaluate("events.join()")).asString()
			.matches("connected(,persisted,connection_lost,connected)?");
	}

	@Test
	void pageWhenOfflineThenWaitsForTheNetworkAndComesBackAtOnce() {
		openAndLogIn("");
		offline(true);
		network.cut();
		awaitKit("usher.snapshot().state === 'offline'");
		network.mend();
		offline(false);
		awaitKit(CONNECTED);
		assertThat(browser.evaluate("events.join()")).isEqualTo("connected,connection_lost,connected");
	}

	private static void offline(boolean offline) {
		browser.command("Network.enable", Map.of());
		browser.command("Network.emulateNetworkConditions",
				Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
	}

	@Test
	void keysWhenPageIsReloadedThenAreThereAndNowhereElse() {
		openAndLogIn("&keys&store");
		String stored = Objects.requireNonNull(browser.evaluate("localStorage.getItem('usher')")).toString();
		assertThat(stored).contains("\"type\":\"DPoP\"");
		browser.driver().navigate().refresh();
		awaitKit(CONNECTED);
		assertThat(browser.evaluate("events.join() + calls.join()")).isEqualTo("connected");
		browser
			.evaluate("window.pair = new Promise((resolve) => { indexedDB.open('usher.js').onsuccess = ({ target }) => "
					+ "target.result.transaction('keys').objectStore('keys').getAll().onsuccess = (event) => resolve(event.target.result); })");
		assertThat(browser.await("pair.then((all) => all.length)")).isEqualTo(1L);
		assertThat(browser.await("pair.then(([{ privateKey }]) => crypto.subtle.exportKey('jwk', privateKey))"))
			.asString()
			.contains("InvalidAccessError");
		// All that a script could take away, on another origin: without the key.
		browser.open(pages.origin("127.0.0.1") + "/nothing.html");
		browser.driver().executeScript("localStorage.setItem('usher', arguments[0])", stored);
		browser.open(kit("127.0.0.1", "&keys&store"));
		awaitKit("window.usher?.snapshot().state === 'signedout'");
		assertThat(browser.evaluate("usher.snapshot().error.code")).isEqualTo("unauthorized");
		browser.driver().executeScript("localStorage.setItem('usher', arguments[0])", stored.replace("DPoP", "Bearer"));
		browser.open(kit("127.0.0.1", "&store"));
		awaitKit("window.usher?.snapshot().state === 'signedout'");
		assertThat(browser.evaluate("usher.snapshot().error.code")).isEqualTo("unauthorized");
	}

	@Test
	void pageWhenItsPolicyKnowsTheHashAloneThenRunsTheKitAndNoOther() throws IOException {
		String home = get("/");
		String path = find(home, "href=\"(/usher-[^\"]+)\"");
		String hash = find(home, "integrity=\"([^\"]+)\"");
		pages.script("/app.js", "import { Usher } from '" + gateway() + path + "'; window.usher = new Usher(); "
				+ "window.events = []; usher.connect().catch(() => {});");
		String policy = "default-src 'none'; script-src 'self' '" + hash + "'; connect-src " + gateway() + " "
				+ gateway().replace("http", "ws");
		String page = "<!doctype html><script type=\"module\" crossorigin src=\"" + gateway() + path
				+ "\" integrity=\"%s\"></script><script type=\"module\" src=\"/app.js\"></script>";
		pages.page("/pinned.html", page.formatted(hash), policy);
		browser.open(pages.origin("localhost") + "/pinned.html");
		awaitKit("window.usher?.snapshot().state === 'signedout'");
		browser.await(LOGIN);
		awaitKit(CONNECTED);
		String other = "sha384-" + Base64.getEncoder().encodeToString(new byte[48]);
		pages.page("/forged.html", page.formatted(other), policy.replace(hash, other));
		browser.open(pages.origin("localhost") + "/forged.html");
		browser.awaitTrue("document.readyState === 'complete'", "document.readyState");
		assertThat(browser.evaluate("typeof window.usher")).isEqualTo("undefined");
	}

	@Test
	void pageWhenItsOriginIsNotListedThenIsToldWhatItMayBe() throws IOException {
		try (PageServer strangers = new PageServer()) {
			strangers.page("/kit.html", resource("page.html"));
			browser.open(strangers.origin("localhost") + "/kit.html?gateway=" + gateway());
			awaitKit("window.usher");
			assertThat(browser.await(LOGIN)).isEqualTo("unreachable");
		}
	}

	@Test
	void passkeyWhenRegisteredByTheExamplePageThenLogsInWithItAndConnectsByAKey() {
		VirtualAuthenticator authenticator = browser.driver().addVirtualAuthenticator(authenticator());
		browser.open(pages.origin("localhost") + "/passkey.html?gateway=" + gateway());
		type("username", "admin");
		type("password", PASSWORD);
		browser.driver().findElement(By.cssSelector("#register button")).click();
		awaitLog("registered Example page");
		assertThat(authenticator.getCredentials()).singleElement()
			.satisfies((credential) -> assertThat(credential.isResidentCredential()).isTrue());
		assertAccessible();
		browser.driver().findElement(By.cssSelector("#login button")).click();
		awaitLog("connected as admin");
	}

	@Test
	void greetingsWhenTypedIntoTheExamplePageThenArriveAndThePageIsAccessible() {
		browser.open(pages.origin("localhost") + "/page.html?gateway=" + gateway());
		type("username", "admin");
		type("password", PASSWORD);
		browser.driver().findElement(By.cssSelector("#login button")).click();
		browser.awaitTrue("document.getElementById('state').textContent === 'connected, as admin'",
				"document.body.innerText");
		type("to", "admin");
		browser.driver().findElement(By.cssSelector("#greet button")).click();
		awaitLog("forbidden");
		assertAccessible();
	}

	/** What axe-core finds, of all its rules. */
	private static void assertAccessible() {
		browser.driver().executeScript(axe());
		assertThat(browser.await("axe.run().then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => "
				+ "[id, nodes.map(({ html }) => html)])))"))
			.isEqualTo("[]");
	}

	private static String axe() {
		try (InputStream stream = Objects.requireNonNull(BrowserIT.class.getResourceAsStream("/axe.min.js"))) {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void type(String name, String text) {
		WebElement input = browser.driver().findElement(By.name(name));
		input.clear();
		input.sendKeys(text);
	}

	private static void awaitLog(String line) {
		browser.awaitTrue("document.getElementById('log').textContent.includes('" + line + "')",
				"document.body.innerText");
	}

	/** One that has a screen lock, which its owner has just passed. */
	private static VirtualAuthenticatorOptions authenticator() {
		return new VirtualAuthenticatorOptions().setProtocol(VirtualAuthenticatorOptions.Protocol.CTAP2)
			.setTransport(VirtualAuthenticatorOptions.Transport.INTERNAL)
			.setHasResidentKey(true)
			.setHasUserVerification(true)
			.setIsUserVerified(true);
	}

	private static String get(String path) throws IOException {
		try (InputStream stream = URI.create(gateway() + path).toURL().openStream()) {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static String find(String text, String pattern) {
		Matcher matcher = Pattern.compile(pattern).matcher(text);
		assertThat(matcher.find()).as(pattern).isTrue();
		return matcher.group(1);
	}

}
