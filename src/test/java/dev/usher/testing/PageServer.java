package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** Serves pages of another origin than the gateway's. */
public final class PageServer implements AutoCloseable {

	private final HttpServer server;

	private final Map<String, File> files = new ConcurrentHashMap<>();

	/** Starts one, on a port of its own. */
	public PageServer() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	private void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			File file = this.files.get(exchange.getRequestURI().getPath());
			if (file == null) {
				exchange.sendResponseHeaders(404, -1);
				return;
			}
			byte[] bytes = file.text().getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", file.type() + "; charset=utf-8");
			if (!file.policy().isEmpty()) {
				exchange.getResponseHeaders().set("Content-Security-Policy", file.policy());
			}
			exchange.sendResponseHeaders(200, bytes.length);
			exchange.getResponseBody().write(bytes);
		}
	}

	/** Puts a page there. */
	public void page(String path, String text) {
		page(path, text, "");
	}

	/** Puts a page there that has a Content-Security-Policy. */
	public void page(String path, String text, String policy) {
		this.files.put(path, new File("text/html", text, policy));
	}

	/** Puts a script there. */
	public void script(String path, String text) {
		this.files.put(path, new File("text/javascript", text, ""));
	}

	/** Its origin under one of the names of this machine. */
	public String origin(String host) {
		return "http://" + host + ":" + this.server.getAddress().getPort();
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

	private record File(String type, String text, String policy) {

	}

}
