package dev.usher.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One user of the walk: logs in over REST, then speaks STOMP as themselves. */
final class DemoUser implements AutoCloseable {

	private static final JsonMapper mapper = JsonMapper.builder().build();

	private final HttpClient http;

	private final URI gateway;

	private final String name;

	private final DemoPrinter printer;

	private String token = "";

	private @Nullable DemoSocket socket;

	DemoUser(HttpClient http, URI gateway, String name, DemoPrinter printer) {
		this.http = http;
		this.gateway = gateway;
		this.name = name;
		this.printer = printer;
	}

	String token() {
		return this.token;
	}

	void logIn(String password) {
		String body = mapper.writeValueAsString(Map.of("username", this.name, "password", password, "device", "demo"));
		HttpResponse<String> response = post("/auth/login", body, 200);
		try {
			JsonNode answer = mapper.readTree(response.body());
			this.token = answer.path("access_token").asString();
			this.printer.answered(this.name, "200  access token " + DemoFrame.shortened(this.token) + "  expires in "
					+ answer.path("expires_in").asLong() + " s");
		}
		catch (JacksonException ex) {
			throw new DemoException("The answer to the login is no JSON.");
		}
	}

	void logOut() {
		post("/auth/logout", "", 204);
		this.printer.answered(this.name, "204");
	}

	/**
	 * Calls with what this user has logged in with.
	 * @throws DemoException if another status is answered, or none
	 */
	HttpResponse<String> post(String path, String body, int expected) {
		this.printer.called(this.name, "POST " + path);
		HttpRequest.Builder request = HttpRequest.newBuilder(this.gateway.resolve(path))
			.timeout(DemoSocket.PATIENCE)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body));
		if (!this.token.isEmpty()) {
			request.header("Authorization", "Bearer " + this.token);
		}
		try {
			HttpResponse<String> response = this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
			if (response.statusCode() != expected) {
				throw new DemoException("POST " + path + " was answered with " + response.statusCode() + ", not "
						+ expected + ": " + response.body());
			}
			return response;
		}
		catch (IOException ex) {
			throw new DemoException("POST " + path + " got no answer: " + ex);
		}
		catch (InterruptedException ex) {
			throw DemoSocket.interrupted();
		}
	}

	/** Opens a WebSocket and sends CONNECT with a token. */
	DemoSocket connect(String bearer) {
		DemoSocket opened = new DemoSocket(this.http, this.gateway, this.name, this.printer);
		this.socket = opened;
		opened.send(DemoFrame.of("CONNECT", "accept-version", "1.2", "Authorization", "Bearer " + bearer));
		return opened;
	}

	@Override
	public void close() {
		if (this.socket != null) {
			this.socket.close();
		}
	}

}
