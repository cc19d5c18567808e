import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.net.httpserver.HttpServer;

/**
 * Serves page.html at http://localhost:3000/, an origin that is not the gateway's:
 *
 *   java src/docs/examples/Serve.java
 */
class Serve {

	public static void main(String[] arguments) throws Exception {
		byte[] page = Files.readAllBytes(Path.of("src/docs/examples/page.html"));
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 3000), 0);
		server.createContext("/", (exchange) -> {
			exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
			exchange.sendResponseHeaders(200, page.length);
			exchange.getResponseBody().write(page);
			exchange.close();
		});
		server.start();
		System.out.println("http://localhost:3000/ shows src/docs/examples/page.html; Ctrl+C stops it.");
	}

}
