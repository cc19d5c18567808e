package dev.usher.start;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.usher.testing.JavaProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an operator sees of the packaged jar when it starts, and when it will not. What
 * stops a start is shown one by one in {@link FailedStartTests}, in the process of the
 * test.
 */
class JarIT {

	private static final Pattern FIRST_ACCOUNT = Pattern.compile("username admin, password (\\S+)");

	@TempDir
	private static Path data;

	private static JavaProcess running;

	private static String firstStart;

	private static int port;

	/** The first start ends before the second begins, on the same folder. */
	@BeforeAll
	static void startTwice() {
		try (JavaProcess first = JavaProcess.packed(data)) {
			first.awaitPort();
			firstStart = first.output();
		}
		running = JavaProcess.packed(data);
		port = running.awaitPort();
	}

	@AfterAll
	static void stop() {
		if (running != null) {
			running.close();
		}
	}

	@Test
	void adminPasswordWhenFirstStartThenIsShownAndOpensTheAccount() throws Exception {
		assertThat(login(port, password())).isEqualTo(200);
	}

	private static int login(int port, String password) throws Exception {
		String body = "{\"username\":\"admin\",\"password\":\"" + password + "\"}";
		HttpRequest login = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/auth/login"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
		return HttpClient.newHttpClient().send(login, HttpResponse.BodyHandlers.ofString()).statusCode();
	}

	@Test
	void adminPasswordWhenSecondStartThenIsNotShown() {
		assertThat(running.output()).doesNotContain("password");
	}

	@Test
	void adminPasswordWhenShownThenIsInNoFile() throws IOException {
		try (Stream<Path> files = Files.walk(data)) {
			List<Path> holding = files.filter(Files::isRegularFile).filter((file) -> holds(file, password())).toList();
			assertThat(holding).isEmpty();
		}
	}

	@Test
	void startWhenFolderIsOpenToAllAndPasswordIsInAFileThenNeitherIsForOthers(@TempDir Path other) throws Exception {
		String given = "as good as any other";
		Path folder = Files.createDirectory(other.resolve("data"));
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		Path file = Files.writeString(other.resolve("password"), given + "\n");
		try (JavaProcess node = JavaProcess.gateway(folder, "--usher.admin.password-file=" + file)) {
			assertThat(login(node.awaitPort(), given)).isEqualTo(200);
			assertThat(node.output()).contains("Made the first account, admin").doesNotContain(given);
			assertThat(permissions(folder)).isEqualTo("rwx------");
			assertThat(permissions(folder.resolve("usher.mv.db"))).isEqualTo("rw-------");
			assertThat(permissions(folder.resolve("signing.key"))).isEqualTo("rw-------");
		}
	}

	private static String permissions(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

	@Test
	void startWhenAllIsWellThenPrintsOneLine() {
		assertThat(running.output().lines().filter((line) -> !line.contains(" usher.audit "))).hasSize(1);
	}

	@Test
	void startWhenDataFolderIsInUseThenSaysSo() {
		try (JavaProcess second = JavaProcess.packed(data)) {
			assertThat(second.awaitExit()).isEqualTo(1);
			assertThat(second.output())
				.contains("APPLICATION FAILED TO START", "Another process uses the data folder " + data + ".",
						"usher.data")
				.doesNotContain("Usher is up", "\tat ", "Exception")
				.doesNotContainPattern("(?m)^\\s+at ");
		}
	}

	private static String password() {
		Matcher matcher = FIRST_ACCOUNT.matcher(firstStart);
		assertThat(matcher.find()).as(firstStart).isTrue();
		return matcher.group(1);
	}

	/** ISO 8859-1, so that every byte is some character. */
	private static boolean holds(Path file, String text) {
		try {
			byte[] bytes = Files.readAllBytes(file);
			return new String(bytes, StandardCharsets.ISO_8859_1).contains(text)
					|| new String(bytes, StandardCharsets.UTF_16BE).contains(text);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

}
