import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.net.httpserver.HttpServer;

/**
 * Serves page.html at http://localhost:3000/ and passkey.html at /passkey.html, an origin that is not the gateway's:
 *
 *   java src/docs/examples/Serve.java
 */
class Serve {

	public static void main(String[] arguments) throws Exception {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 3000), 0);
		serve(server, "/", "page.html");
		serve(server, "/passkey.html", "passkey.html");
		server.start();
		System.out.println("http://localhost:3000/ shows page.html of src/docs/examples, /passkey.html "
				+ "its passkey.html; Ctrl+C stops it.");
	}

	private static void serve(HttpServer server, String path, String file) throws Exception {
		byte[] page = Files.readAllBytes(Path.of("src/docs/examples", file));
		server.createContext(path, (exchange) -> {
			exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
			exchange.sendResponseHeaders(200, page.length);
			exchange.getResponseBody().write(page);
			exchange.close();
		});
	}

}
