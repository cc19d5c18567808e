package dev.usher.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.impl.ECDSA;
import org.conscrypt.Conscrypt;

/**
 * CONNECT frames of tokens that are bound to a key (RFC 9449), each with an ES256 proof
 * of its own. All users have one key, which costs the server the same. Used by the thread
 * of the {@link ClientLoop}.
 */
final class BoundLogins {

	/** Less than a nonce of the gateway lives. */
	private static final long NONCE_SECONDS = 60;

	private static final int COORDINATE_LENGTH = 32;

	/** The JDK's takes a millisecond on Java 17, and the load would be the limit. */
	private static final Provider PROVIDER = Conscrypt.newProvider();

	private final Issuer issuer;

	private final HttpClient http = HttpClient.newHttpClient();

	private final KeyPair keys;

	private final String head;

	private final String thumbprint;

	private int port;

	private String nonce = "";

	private long nonceAt;

	private long proofs;

	BoundLogins(Issuer issuer) {
		this.issuer = issuer;
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(new ECGenParameterSpec("secp256r1"));
			this.keys = generator.generateKeyPair();
			String jwk = jwk((ECPublicKey) this.keys.getPublic());
			this.head = encode("{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":" + jwk + "}");
			this.thumbprint = encode(sha256(jwk));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The server that is connected to from now on, on its port of loopback. */
	void to(int port) {
		this.port = port;
		this.nonce = "";
	}

	/** The CONNECT frame of a user. */
	byte[] login(String user) {
		String token = this.issuer.token(user, this.thumbprint);
		return ("CONNECT\naccept-version:1.2\nhost:localhost\nheart-beat:0,0\nAuthorization:DPoP " + token + "\nDPoP:"
				+ proof(token) + "\n\n\0")
			.getBytes(StandardCharsets.UTF_8);
	}

	private String proof(String token) {
		long now = Instant.now().getEpochSecond();
		if (this.nonce.isEmpty() || now - this.nonceAt > NONCE_SECONDS) {
			this.nonce = askForNonce();
			this.nonceAt = now;
		}
		String claims = "{\"htm\":\"CONNECT\",\"htu\":\"ws://127.0.0.1:" + this.port + "/ws\",\"iat\":" + now
				+ ",\"jti\":\"proof-" + ++this.proofs + "\",\"nonce\":\"" + this.nonce + "\",\"ath\":\""
				+ encode(sha256(token)) + "\"}";
		String signed = this.head + "." + encode(claims);
		try {
			Signature signature = Signature.getInstance("SHA256withECDSA", PROVIDER);
			signature.initSign(this.keys.getPrivate());
			signature.update(signed.getBytes(StandardCharsets.US_ASCII));
			return signed + "." + encode(ECDSA.transcodeSignatureToConcat(signature.sign(), 2 * COORDINATE_LENGTH));
		}
		catch (GeneralSecurityException | JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private String askForNonce() {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/auth/me"))
			.timeout(Duration.ofSeconds(10))
			.build();
		try {
			HttpResponse<Void> answer = this.http.send(request, HttpResponse.BodyHandlers.discarding());
			return answer.headers()
				.firstValue("DPoP-Nonce")
				.orElseThrow(() -> new BenchmarkException("The gateway gave no DPoP-Nonce"));
		}
		catch (IOException ex) {
			throw new BenchmarkException("The gateway cannot be asked for a nonce", ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The members in the order of RFC 7638 section 3.3, of which the thumbprint is made.
	 */
	private static String jwk(ECPublicKey key) {
		return "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" + encode(coordinate(key.getW().getAffineX().toByteArray()))
				+ "\",\"y\":\"" + encode(coordinate(key.getW().getAffineY().toByteArray())) + "\"}";
	}

	/** RFC 7518 section 6.2.1.2: of full length, without a sign. */
	private static byte[] coordinate(byte[] number) {
		byte[] bytes = new byte[COORDINATE_LENGTH];
		int length = Math.min(number.length, bytes.length);
		System.arraycopy(number, number.length - length, bytes, bytes.length - length, length);
		return bytes;
	}

	private static byte[] sha256(String text) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String encode(String text) {
		return encode(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String encode(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

}
