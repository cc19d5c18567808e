package dev.usher.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.usher.testing.Await;
import dev.usher.testing.FreePort;
import dev.usher.testing.Page;
import dev.usher.testing.TestGateway;
import dev.usher.testing.TestTls;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The files of the page on proxies as they stand there, with other addresses, where the
 * machine has these proxies. One of the two nodes is away.
 */
class ProxiesPageTests {

	private static final Page PAGE = Page.of("src/docs/proxies.md");

	private static final String HOST = "gateway.example.org";

	private static final String TICKET = "4N5mVb0pF1x2yQe8kKq3sWn7Hc6aJzTgRuDoYiLPX9E";

	private static final String[] HANDSHAKE = { "Origin: https://" + HOST, "Upgrade: websocket", "Connection: Upgrade",
			"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" };

	private static final String NGINX = """
			daemon off;
			user root root;
			pid FOLDER/nginx.pid;
			error_log FOLDER/main.log;
			events {}
			http {
			    client_body_temp_path FOLDER/body;
			    proxy_temp_path FOLDER/proxy;
			    fastcgi_temp_path FOLDER/fastcgi;
			    uwsgi_temp_path FOLDER/uwsgi;
			    scgi_temp_path FOLDER/scgi;
			    include FOLDER/usher.conf;
			}
			""";

	private static @Nullable TestGateway gateway;

	@TempDir
	private Path folder;

	@AfterAll
	static void stop() {
		if (gateway != null) {
			gateway.close();
		}
	}

	@Test
	void nginxWhenItHasTheFileOfThePageThenPassesWebSocketsOnAndLogsNoTicket() throws Exception {
		int port = FreePort.next();
		try (Proxy nginx = nginx(port, PAGE.block("nginx", "nginx"))) {
			checkThrough(nginx, port);
		}
	}

	@Test
	void nginxWhenItDoesNotPassTheUpgradeOnThenTheHandshakeIsWhatThePagesSay() throws Exception {
		int port = FreePort.next();
		String file = PAGE.block("nginx", "nginx").replaceAll(" *proxy_set_header (?:Upgrade|Connection) .*\n", "");
		try (Proxy nginx = nginx(port, file)) {
			Await.until(() -> nginx.isUp(port));
			String status = status(port, "/ws", HANDSHAKE);
			String number = status.substring(status.indexOf(' ') + 1);
			assertThat(PAGE.text()).contains(
					"| pass the upgrade to WebSocket on, over HTTP/1.1 | else the handshake is a " + number + " |");
			assertThat(Page.of("src/docs/troubleshooting.md").text()).contains("| " + number + " behind a proxy |");
		}
	}

	private Proxy nginx(int port, String file) throws Exception {
		Path program = assumeThere("nginx");
		Files.writeString(this.folder.resolve("nginx.conf"), NGINX.replace("FOLDER", this.folder.toString()));
		Files.writeString(this.folder.resolve("usher.conf"),
				withAddresses(file).replace("listen 443", "listen 127.0.0.1:" + port)
					.replace("/var/log/nginx/", this.folder + "/"));
		certificate();
		return new Proxy(program, "-p", this.folder.toString(), "-c", this.folder.resolve("nginx.conf").toString());
	}

	@Test
	void caddyWhenItHasTheFileOfThePageThenPassesWebSocketsOnAndLogsNoTicket() throws Exception {
		Path program = assumeThere("caddy");
		int port = FreePort.next();
		certificate();
		String site = "https://" + HOST + ":" + port + " {\n\tbind 127.0.0.1\n\ttls " + this.folder + "/fullchain.pem "
				+ this.folder + "/privkey.pem\n";
		Path file = Files.writeString(this.folder.resolve("Caddyfile"),
				withAddresses(PAGE.block("Caddy", "caddyfile")).replace("\n" + HOST + " {\n", "\n" + site)
					.replaceFirst("^\\{\n", "{\n\tadmin off\n\tauto_https off\n")
					.replace("/var/log/caddy/", this.folder + "/"));
		try (Proxy caddy = new Proxy(program, "run", "--adapter", "caddyfile", "--config", file.toString())) {
			checkThrough(caddy, port);
		}
	}

	private void checkThrough(Proxy proxy, int port) {
		Await.until(() -> proxy.isUp(port));
		// Its own origin is the public one, which only a proxy that is believed can tell.
		Await.until(() -> status(port, "/ws?ticket=" + TICKET, HANDSHAKE).equals("HTTP/1.1 101"));
		for (int i = 0; i < 4; i++) {
			assertThat(status(port, "/auth/me?ticket=" + TICKET)).isEqualTo("HTTP/1.1 400");
			assertThat(status(port, "/auth/me", "Connection: close")).isEqualTo("HTTP/1.1 401");
		}
		// Caddy 2.6 has no status of a connection that became a WebSocket.
		Await.until(() -> !logs((text) -> text.contains("/ws")).isEmpty());
		assertThat(logs((text) -> text.contains(TICKET))).isEmpty();
	}

	/** Which of the logs hold a text. */
	private List<Path> logs(Predicate<String> text) {
		try (Stream<Path> files = Files.list(this.folder)) {
			return files.filter((file) -> file.toString().endsWith(".log") && text.test(read(file))).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String status(int port, String target, String... headers) {
		try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
				Socket socket = TestTls.client().context().getSocketFactory().createSocket(plain, HOST, port, true)) {
			socket.setSoTimeout(20_000);
			String head = "GET " + target + " HTTP/1.1\r\nHost: " + HOST + "\r\n"
					+ Stream.of(headers).map((header) -> header + "\r\n").reduce("", String::concat) + "\r\n";
			socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
			BufferedReader answer = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
			String line = answer.readLine();
			return (line != null) ? line.substring(0, Math.min(line.length(), "HTTP/1.1 101".length())) : "";
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private String withAddresses(String file) throws IOException {
		return file.replace("10.0.0.11:8080", "127.0.0.1:" + port())
			.replace("10.0.0.12:8080", "127.0.0.1:" + FreePort.next())
			.replace("/etc/usher/", this.folder + "/");
	}

	private static synchronized int port() {
		if (gateway == null) {
			gateway = TestGateway.start("usher.hosts=" + HOST, "usher.proxies=127.0.0.1");
		}
		return gateway.port();
	}

	private void certificate() throws Exception {
		Process openssl = new ProcessBuilder("openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
				"ec_paramgen_curve:P-256", "-subj", "/CN=" + HOST, "-addext", "subjectAltName=DNS:" + HOST, "-days",
				"2", "-keyout", this.folder.resolve("privkey.pem").toString(), "-out",
				this.folder.resolve("fullchain.pem").toString())
			.redirectErrorStream(true)
			.redirectOutput(this.folder.resolve("openssl.out").toFile())
			.start();
		assertThat(openssl.waitFor()).isZero();
	}

	private static Path assumeThere(String program) {
		List<Path> found = Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":"))
			.map((folder) -> Path.of(folder, program))
			.filter(Files::isExecutable)
			.toList();
		Assumptions.assumeTrue(!found.isEmpty(), program + " is not installed");
		return found.get(0);
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The process of one; what it prints is a log too. */
	private final class Proxy implements AutoCloseable {

		private final Process process;

		private Proxy(Path program, String... arguments) throws IOException {
			Path folder = ProxiesPageTests.this.folder;
			List<String> command = new ArrayList<>(List.of(program.toString()));
			command.addAll(List.of(arguments));
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(folder.resolve("printed.log").toFile());
			builder.environment().put("XDG_DATA_HOME", folder.toString());
			builder.environment().put("XDG_CONFIG_HOME", folder.toString());
			this.process = builder.start();
		}

		private boolean isUp(int port) {
			if (!this.process.isAlive()) {
				throw new AssertionError(logs((text) -> true).stream().map(ProxiesPageTests::read).toList().toString());
			}
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				return true;
			}
			catch (IOException ex) {
				return false;
			}
		}

		@Override
		public void close() {
			this.process.destroy();
			try {
				if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
					this.process.descendants().forEach(ProcessHandle::destroyForcibly);
					this.process.destroyForcibly().waitFor();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
