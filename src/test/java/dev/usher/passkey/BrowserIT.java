package dev.usher.passkey;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpServer;
import dev.usher.testing.JarNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticator;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The example page in the machine's Chromium, before the packaged jar. Skipped where
 * there is no browser, unless {@code usher.browser} is {@code required}.
 */
class BrowserIT {

	private static final String PASSWORD = "correct horse battery";

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	@TempDir
	private Path folder;

	@Test
	void pageWhenItHasRegisteredAPasskeyThenLogsInWithItAndConnectsByAKey() throws IOException {
		Optional<File> browser = find("chromium", "chromium-browser", "google-chrome");
		Optional<File> driver = find("chromedriver");
		if (!"required".equals(System.getProperty("usher.browser"))) {
			assumeTrue(browser.isPresent() && driver.isPresent(), "there is no Chromium with its driver");
		}
		HttpServer pages = servePage();
		String origin = "http://localhost:" + pages.getAddress().getPort();
		try (JarNode node = JarNode.start(this.folder, Store.EMBEDDED, "usher.admin.password=" + PASSWORD,
				"usher.origins=" + origin, "usher.webauthn.rp-id=localhost", "usher.webauthn.origins=" + origin)) {
			ChromeDriver chrome = start(browser.orElseThrow(), driver.orElseThrow());
			try {
				VirtualAuthenticator authenticator = chrome.addVirtualAuthenticator(authenticator());
				chrome.get(origin + "/?gateway=http://localhost:" + node.port());
				register(chrome);
				assertThat(authenticator.getCredentials()).singleElement()
					.satisfies((credential) -> assertThat(credential.isResidentCredential()).isTrue());
				chrome.findElement(By.cssSelector("#login button")).click();
				awaitLog(chrome, "connected as admin by a token of type DPoP");
			}
			finally {
				chrome.quit();
			}
		}
		finally {
			pages.stop(0);
		}
	}

	private static void register(ChromeDriver chrome) {
		type(chrome, "username", "admin");
		type(chrome, "password", PASSWORD);
		chrome.findElement(By.cssSelector("#register button")).click();
		awaitLog(chrome, "registered Example page");
	}

	private static void type(ChromeDriver chrome, String name, String text) {
		WebElement input = chrome.findElement(By.name(name));
		input.clear();
		input.sendKeys(text);
	}

	private static void awaitLog(ChromeDriver chrome, String line) {
		WebElement log = chrome.findElement(By.id("log"));
		new WebDriverWait(chrome, PATIENCE).withMessage(() -> line + " in: " + log.getText())
			.until((any) -> log.getText().contains(line));
	}

	/** One that has a screen lock, which its owner has just passed. */
	private static VirtualAuthenticatorOptions authenticator() {
		return new VirtualAuthenticatorOptions().setProtocol(VirtualAuthenticatorOptions.Protocol.CTAP2)
			.setTransport(VirtualAuthenticatorOptions.Transport.INTERNAL)
			.setHasResidentKey(true)
			.setHasUserVerification(true)
			.setIsUserVerified(true);
	}

	private static ChromeDriver start(File browser, File driver) {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(browser);
		// Root may have no sandbox, and a container little shared memory.
		options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu");
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(driver)
			.usingAnyFreePort()
			.build();
		return new ChromeDriver(service, options);
	}

	private static HttpServer servePage() throws IOException {
		byte[] page = Files.readAllBytes(Path.of("src/docs/examples/passkey.html"));
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
			exchange.sendResponseHeaders(200, page.length);
			exchange.getResponseBody().write(page);
			exchange.close();
		});
		server.start();
		return server;
	}

	private static Optional<File> find(String... names) {
		String[] folders = System.getenv("PATH").split(File.pathSeparator);
		return Stream.of(names)
			.flatMap((name) -> Stream.of(folders).map((folder) -> new File(folder, name)))
			.filter(File::canExecute)
			.findFirst();
	}

}
