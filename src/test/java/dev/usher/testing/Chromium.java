package dev.usher.testing;

import java.io.File;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The machine's Chromium, without a window.
 */
public final class Chromium implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(90);

	private final ChromeDriver driver;

	private Chromium(ChromeDriver driver) {
		this.driver = driver;
		driver.manage().timeouts().scriptTimeout(PATIENCE).pageLoadTimeout(PATIENCE);
	}

	/**
	 * Starts it. Without one the test is skipped, unless {@code usher.browser} is
	 * {@code required}.
	 */
	public static Chromium start() {
		Optional<File> browser = find("chromium", "chromium-browser", "google-chrome");
		Optional<File> driver = find("chromedriver");
		if (!"required".equals(System.getProperty("usher.browser"))) {
			assumeTrue(browser.isPresent() && driver.isPresent(), "there is no Chromium with its driver");
		}
		ChromeOptions options = new ChromeOptions();
		options.setBinary(browser.orElseThrow());
		// Root may have no sandbox, and a container little shared memory.
		options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu");
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(driver.orElseThrow())
			.usingAnyFreePort()
			.build();
		return new Chromium(new ChromeDriver(service, options));
	}

	private static Optional<File> find(String... names) {
		String[] folders = System.getenv("PATH").split(File.pathSeparator);
		return Stream.of(names)
			.flatMap((name) -> Stream.of(folders).map((folder) -> new File(folder, name)))
			.filter(File::canExecute)
			.findFirst();
	}

	/** What it is driven by. */
	public ChromeDriver driver() {
		return this.driver;
	}

	/** Opens a page in this tab. */
	public void open(String url) {
		this.driver.get(url);
	}

	/**
	 * Opens a page in a tab of its own, which hides this one; answers what it is called.
	 */
	public String openTab(String url) {
		String tab = this.driver.switchTo().newWindow(WindowType.TAB).getWindowHandle();
		show(tab);
		open(url);
		return tab;
	}

	/** The tab in front. */
	public String tab() {
		return this.driver.getWindowHandle();
	}

	/** Talks to another tab, and brings it to the front. */
	public void show(String tab) {
		this.driver.switchTo().window(tab);
		command("Page.bringToFront", Map.of());
	}

	/** Closes all tabs but this one. */
	public void closeTabsBut(String tab) {
		this.driver.getWindowHandles().stream().filter((each) -> !each.equals(tab)).forEach((each) -> {
			this.driver.switchTo().window(each);
			this.driver.close();
		});
		show(tab);
	}

	/** Has the page compute something. */
	public @Nullable Object evaluate(String expression) {
		return this.driver.executeScript("return " + expression);
	}

	/** Has the page do something, and answers what its promise does, or how it fails. */
	public @Nullable Object await(String promise) {
		return this.driver
			.executeAsyncScript("const done = arguments[arguments.length - 1];" + "Promise.resolve().then(() => "
					+ promise + ").then(done, (error) => done(error.retry ? error.code : `${error}`))");
	}

	/** Waits until this is true in the page. */
	public void awaitTrue(String expression, String shown) {
		new WebDriverWait(this.driver, PATIENCE)
			.withMessage(() -> expression + " did not come true: " + evaluate("JSON.stringify(" + shown + ")"))
			.until((any) -> Boolean.TRUE.equals(evaluate("!!(" + expression + ")")));
	}

	/** A command of the DevTools protocol, to the tab that is talked to. */
	public Map<String, Object> command(String name, Map<String, Object> parameters) {
		return this.driver.executeCdpCommand(name, parameters);
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
