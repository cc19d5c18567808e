package dev.usher.bench;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpServer;

/**
 * The identity provider of the benchmark: signs a token for each user (RS256, 2048 bits)
 * and serves the public key as a JWK set on loopback. Tokens are kept, since signing ten
 * thousand of them takes seconds that no server under test should wait for.
 */
final class Issuer implements AutoCloseable {

	static final String NAME = "bench";

	static final String AUDIENCE = "usher";

	/** Longer than any run, so that no token expires under load. */
	private static final long LIFE_SECONDS = 12 * 3600;

	private final KeyPair keys;

	private final HttpServer http;

	private final Map<String, String> tokens = new ConcurrentHashMap<>();

	Issuer() throws IOException, GeneralSecurityException {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
		generator.initialize(2048);
		this.keys = generator.generateKeyPair();
		byte[] jwks = jwks().getBytes(StandardCharsets.UTF_8);
		this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.http.createContext("/jwks", (exchange) -> {
			exchange.getResponseHeaders().add("Content-Type", "application/json");
			exchange.sendResponseHeaders(200, jwks.length);
			exchange.getResponseBody().write(jwks);
			exchange.close();
		});
		this.http.start();
	}

	String jwkSetUri() {
		return "http://127.0.0.1:" + this.http.getAddress().getPort() + "/jwks";
	}

	String token(String user) {
		return this.tokens.computeIfAbsent(user, (name) -> mint(name, ""));
	}

	/** One that is bound to the key of this thumbprint (RFC 9449 section 6.1). */
	String token(String user, String thumbprint) {
		return this.tokens.computeIfAbsent(user + " " + thumbprint,
				(name) -> mint(user, ",\"cnf\":{\"jkt\":\"" + thumbprint + "\"}"));
	}

	private String mint(String user, String more) {
		long now = Instant.now().getEpochSecond();
		String head = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"bench\"}";
		String claims = "{\"iss\":\"" + NAME + "\",\"aud\":\"" + AUDIENCE + "\",\"sub\":\"" + user
				+ "\",\"roles\":[\"user\"],\"iat\":" + now + ",\"exp\":" + (now + LIFE_SECONDS) + ",\"jti\":\"" + user
				+ "\"" + more + "}";
		String signed = encode(head.getBytes(StandardCharsets.UTF_8)) + "."
				+ encode(claims.getBytes(StandardCharsets.UTF_8));
		try {
			Signature signature = Signature.getInstance("SHA256withRSA");
			signature.initSign(this.keys.getPrivate());
			signature.update(signed.getBytes(StandardCharsets.US_ASCII));
			return signed + "." + encode(signature.sign());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private String jwks() {
		RSAPublicKey key = (RSAPublicKey) this.keys.getPublic();
		return "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"bench\",\"n\":\""
				+ encode(unsigned(key.getModulus())) + "\",\"e\":\"" + encode(unsigned(key.getPublicExponent()))
				+ "\"}]}";
	}

	/** RFC 7518 section 6.3.1 wants no leading zero octet, BigInteger writes one. */
	private static byte[] unsigned(BigInteger number) {
		byte[] bytes = number.toByteArray();
		return (bytes[0] == 0) ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
	}

	private static String encode(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	@Override
	public void close() {
		this.http.stop(0);
	}

}
