package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client that proves a key of its own with every call and in CONNECT (RFC 9449), and
 * repeats the newest nonce it has seen.
 */
public final class ProvingClient {

	private static final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private static final JsonMapper json = new JsonMapper();

	private final ProofKey key = new ProofKey();

	private final int port;

	private final Clock clock;

	private String nonce;

	public ProvingClient(int port, Clock clock) {
		this.port = port;
		this.clock = clock;
		this.nonce = send("GET", "/auth/me", null).header("DPoP-Nonce");
	}

	public ProofKey key() {
		return this.key;
	}

	public String nonce() {
		return this.nonce;
	}

	/** Takes another node's, or a wrong one. */
	public void nonce(String nonce) {
		this.nonce = nonce;
	}

	/** A good proof for a call, before it is signed. */
	public TestTokens proof(String method, String path, @Nullable String credential) {
		return this.key.proof(method, "http://localhost:" + this.port + path, credential, this.nonce, this.clock);
	}

	/** A good proof for a CONNECT, before it is signed. */
	public TestTokens connectProof(@Nullable String credential) {
		return this.key.proof("CONNECT", "ws://localhost:" + this.port + "/ws", credential, this.nonce, this.clock);
	}

	public String sign(TestTokens proof) {
		return this.key.sign(proof);
	}

	/** Logs in, bound to the key. */
	public Answer login(String username, String password) {
		return login(username, password, sign(proof("POST", "/auth/login", null)));
	}

	public Answer login(String username, String password, String proof) {
		return send("POST", "/auth/login", Map.of("username", username, "password", password), "DPoP", proof);
	}

	public Answer refresh(String refreshToken) {
		return send("POST", "/auth/refresh", Map.of("refresh_token", refreshToken), "DPoP",
				sign(proof("POST", "/auth/refresh", null)));
	}

	/** Calls with a bound token and a good proof. */
	public Answer call(String method, String path, String token, @Nullable Object body) {
		return callWith(sign(proof(method, path, token)), method, path, token, body);
	}

	/** Calls with a bound token and any proof. */
	public Answer callWith(String proof, String method, String path, String token, @Nullable Object body) {
		return send(method, path, body, "Authorization", "DPoP " + token, "DPoP", proof);
	}

	/** Sends a call as it is. */
	public Answer send(String method, String path, @Nullable Object body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.method(method,
					(body != null) ? BodyPublishers.ofString(json.writeValueAsString(body)) : BodyPublishers.noBody());
		if (body != null) {
			request.header("Content-Type", "application/json");
		}
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		try {
			Answer answer = new Answer(http.send(request.build(), BodyHandlers.ofString()));
			if (!answer.header("DPoP-Nonce").isEmpty()) {
				this.nonce = answer.header("DPoP-Nonce");
			}
			return answer;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Connects with a bound token and a good proof; what it is answered is to be read.
	 */
	public StompClient sendConnect(String token) {
		return sendConnect("Authorization:DPoP " + token, "DPoP:" + sign(connectProof(token)));
	}

	/** Connects as it is. */
	public StompClient sendConnect(String... headers) {
		List<String> all = new ArrayList<>(Arrays.asList(headers));
		all.add("accept-version:1.2");
		return StompClient.open(this.port).send("CONNECT", all.toArray(String[]::new));
	}

}
