package dev.usher.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Another identity provider: a real HTTP server that serves a discovery document and a
 * JWK set, signs tokens, and can be down, slow or wrong.
 */
public final class TestIssuer implements AutoCloseable {

	public static final String AUDIENCE = "gateway";

	private final HttpServer server;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final AtomicInteger requests = new AtomicInteger();

	private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();

	private volatile KeyPair keys = TestTokens.rsa(2048);

	private volatile String kid = "first";

	private volatile int status = 200;

	private volatile String jwkSet;

	private volatile String discovery;

	private volatile CountDownLatch gate = new CountDownLatch(0);

	public TestIssuer() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.jwkSet = currentJwkSet();
		this.discovery = discoveryOf(issuer(), jwkSetUri().toString());
		this.server.createContext("/", this::handle);
		this.server.setExecutor(this.executor);
		this.server.start();
	}

	private void handle(HttpExchange exchange) throws IOException {
		boolean isJwkSet = exchange.getRequestURI().getPath().equals("/jwks");
		if (isJwkSet) {
			this.requests.incrementAndGet();
		}
		this.arrived.add(exchange.getRequestURI().getPath());
		try {
			this.gate.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		// Where a redirect leads there are good keys, for whoever follows.
		boolean isElsewhere = exchange.getRequestURI().getPath().equals("/elsewhere");
		byte[] body = ((isJwkSet || isElsewhere) ? this.jwkSet : this.discovery).getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Location", issuer() + "/elsewhere");
		exchange.sendResponseHeaders(isElsewhere ? 200 : this.status, body.length);
		try (OutputStream out = exchange.getResponseBody()) {
			out.write(body);
		}
	}

	public String issuer() {
		return "http://localhost:" + this.server.getAddress().getPort();
	}

	public URI jwkSetUri() {
		return URI.create(issuer() + "/jwks");
	}

	/** A valid token of this issuer, before it is signed with {@link #sign}. */
	public TestTokens token(Clock clock) {
		return TestTokens.valid(issuer(), AUDIENCE, clock).header("kid", this.kid);
	}

	public String sign(TestTokens token) {
		return token.sign(this.keys.getPrivate());
	}

	/** Replaces the key, here and in what is served. */
	public void rotate(String kid) {
		this.keys = TestTokens.rsa(2048);
		this.kid = kid;
		this.jwkSet = currentJwkSet();
	}

	/** How many times the JWK set was asked for. */
	public int requests() {
		return this.requests.get();
	}

	/** Waits for the next request. */
	public String awaitRequest() throws InterruptedException {
		String path = this.arrived.poll(30, TimeUnit.SECONDS);
		if (path == null) {
			throw new AssertionError("no request came");
		}
		return path;
	}

	/** Answers with this status from now on. */
	public void answerWith(int status) {
		this.status = status;
	}

	public void serveJwkSet(String json) {
		this.jwkSet = json;
	}

	public void serveDiscovery(String issuer, String jwksUri) {
		this.discovery = discoveryOf(issuer, jwksUri);
	}

	/** Lets requests arrive but answers none until {@link #release}. */
	public void hold() {
		this.gate = new CountDownLatch(1);
	}

	public void release() {
		this.gate.countDown();
	}

	public String currentJwkSet() {
		return new JWKSet(List.of(new RSAKey.Builder((RSAPublicKey) this.keys.getPublic()).keyID(this.kid).build()))
			.toString();
	}

	private static String discoveryOf(String issuer, String jwksUri) {
		return JSONObjectUtils.toJSONString(Map.of("issuer", issuer, "jwks_uri", jwksUri));
	}

	@Override
	public void close() {
		release();
		this.server.stop(0);
		this.executor.shutdownNow();
	}

}
