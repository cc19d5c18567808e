package dev.usher.testing;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An authenticator with one passkey, and the browser before it: answers the options of a
 * gateway with what a page would send. It does as it is told, also what no authenticator
 * would: each part of an answer can be spoiled before.
 */
public final class SoftwareAuthenticator {

	/** User present, user verified. */
	public static final int VERIFIED = 0x05;

	/** User present. */
	public static final int PRESENT = 0x01;

	private static final int CREDENTIAL_INCLUDED = 0x40;

	private static final Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();

	private static final SecureRandom random = new SecureRandom();

	private static final JsonMapper json = new JsonMapper();

	/** How a passkey signs. */
	public enum Algorithm {

		ES256("EC", "SHA256withECDSA"), EDDSA("Ed25519", "Ed25519"), RS256("RSA", "SHA256withRSA");

		private final String keys;

		private final String signature;

		Algorithm(String keys, String signature) {
			this.keys = keys;
			this.signature = signature;
		}

	}

	private final Algorithm algorithm;

	private final KeyPair keys;

	private byte[] id = new byte[32];

	private byte[] handle = new byte[0];

	private @Nullable String rpId;

	private int flags = VERIFIED;

	private long count;

	private boolean counting = true;

	private boolean crossOrigin;

	private @Nullable String type;

	private byte @Nullable [] attestedId;

	public SoftwareAuthenticator() {
		this(Algorithm.ES256);
	}

	public SoftwareAuthenticator(Algorithm algorithm) {
		this.algorithm = algorithm;
		random.nextBytes(this.id);
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm.keys);
			if (algorithm == Algorithm.ES256) {
				generator.initialize(new ECGenParameterSpec("secp256r1"));
			}
			this.keys = generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Answers for another site from now on. */
	public SoftwareAuthenticator rpId(String other) {
		this.rpId = other;
		return this;
	}

	public SoftwareAuthenticator flags(int others) {
		this.flags = others;
		return this;
	}

	/** The count that the next signature goes up from. */
	public SoftwareAuthenticator count(long from) {
		this.count = from;
		return this;
	}

	/** Says 0 each time, as passkeys do that are on several devices. */
	public SoftwareAuthenticator withoutCounter() {
		this.counting = false;
		this.count = 0;
		return this;
	}

	/** Says that a frame within a page of another site asks. */
	public SoftwareAuthenticator crossOrigin() {
		this.crossOrigin = true;
		return this;
	}

	/** Claims another ceremony. */
	public SoftwareAuthenticator type(String other) {
		this.type = other;
		return this;
	}

	/** Claims another credential from now on. */
	public SoftwareAuthenticator id(byte[] other) {
		this.id = other.clone();
		return this;
	}

	/** Has another id in what it attests than in what the browser says. */
	public SoftwareAuthenticator attestedId(byte[] other) {
		this.attestedId = other.clone();
		return this;
	}

	/** Claims another user from now on. */
	public SoftwareAuthenticator handle(byte[] other) {
		this.handle = other.clone();
		return this;
	}

	public byte[] id() {
		return this.id.clone();
	}

	public byte[] handle() {
		return this.handle.clone();
	}

	/** Makes the passkey: a {@code RegistrationResponseJSON}. */
	public Map<String, Object> create(JsonNode options, String origin) {
		this.handle = Base64.getUrlDecoder().decode(options.path("user").path("id").asString());
		byte[] data = authenticatorData(options.path("rp").path("id").asString(), this.flags | CREDENTIAL_INCLUDED);
		ByteArrayOutputStream attestation = new ByteArrayOutputStream();
		write(attestation, "a3 63666d74 646e6f6e65 6761747453746d74 a0 686175746844617461 59");
		attestation.writeBytes(ByteBuffer.allocate(2).putShort((short) data.length).array());
		attestation.writeBytes(data);
		return credential(Map.of("clientDataJSON",
				encode(clientData((this.type != null) ? this.type : "webauthn.create", options, origin)),
				"attestationObject", encode(attestation.toByteArray()), "transports", List.of("internal", "hybrid")));
	}

	/** Signs a challenge: an {@code AuthenticationResponseJSON}. */
	public Map<String, Object> sign(JsonNode options, String origin) {
		byte[] data = authenticatorData(options.path("rpId").asString(), this.flags);
		byte[] client = clientData((this.type != null) ? this.type : "webauthn.get", options, origin);
		return credential(Map.of("clientDataJSON", encode(client), "authenticatorData", encode(data), "signature",
				encode(signature(data, client)), "userHandle", encode(this.handle)));
	}

	private Map<String, Object> credential(Map<String, Object> response) {
		return Map.of("id", encode(this.id), "rawId", encode(this.id), "type", "public-key", "authenticatorAttachment",
				"platform", "clientExtensionResults", Map.of(), "response", response);
	}

	private byte[] clientData(String ceremony, JsonNode options, String origin) {
		return json
			.writeValueAsString(Map.of("type", ceremony, "challenge", options.path("challenge").asString(), "origin",
					origin, "crossOrigin", this.crossOrigin))
			.getBytes(StandardCharsets.UTF_8);
	}

	/** WebAuthn, section 6.1. */
	private byte[] authenticatorData(String asked, int all) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.writeBytes(sha256(((this.rpId != null) ? this.rpId : asked).getBytes(StandardCharsets.UTF_8)));
		out.write(all);
		this.count += this.counting ? 1 : 0;
		out.writeBytes(ByteBuffer.allocate(4).putInt((int) this.count).array());
		if ((all & CREDENTIAL_INCLUDED) != 0) {
			byte[] attested = (this.attestedId != null) ? this.attestedId : this.id;
			out.writeBytes(new byte[16]);
			out.writeBytes(ByteBuffer.allocate(2).putShort((short) attested.length).array());
			out.writeBytes(attested);
			writeKey(out);
		}
		return out.toByteArray();
	}

	/** A COSE key (RFC 9053). */
	private void writeKey(ByteArrayOutputStream out) {
		switch (this.algorithm) {
			case ES256 -> {
				ECPublicKey key = (ECPublicKey) this.keys.getPublic();
				write(out, "a5 0102 0326 2001 215820");
				out.writeBytes(unsigned(key.getW().getAffineX(), 32));
				write(out, "225820");
				out.writeBytes(unsigned(key.getW().getAffineY(), 32));
			}
			case EDDSA -> {
				// Its X.509 form is a prefix and the 32 bytes.
				byte[] encoded = this.keys.getPublic().getEncoded();
				write(out, "a4 0101 0327 2006 215820");
				out.write(encoded, encoded.length - 32, 32);
			}
			case RS256 -> {
				write(out, "a4 0103 03390100 20590100");
				out.writeBytes(unsigned(((RSAPublicKey) this.keys.getPublic()).getModulus(), 256));
				write(out, "2143010001");
			}
		}
	}

	private byte[] signature(byte[] data, byte[] client) {
		try {
			Signature signer = Signature.getInstance(this.algorithm.signature);
			signer.initSign(this.keys.getPrivate());
			signer.update(data);
			signer.update(sha256(client));
			return signer.sign();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] unsigned(BigInteger value, int length) {
		byte[] bytes = value.toByteArray();
		byte[] padded = new byte[length];
		int used = Math.min(bytes.length, length);
		System.arraycopy(bytes, bytes.length - used, padded, length - used, used);
		return padded;
	}

	private static void write(ByteArrayOutputStream out, String text) {
		out.writeBytes(HexFormat.of().parseHex(text.replace(" ", "")));
	}

	private static byte[] sha256(byte[] bytes) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(bytes);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String encode(byte[] bytes) {
		return base64.encodeToString(bytes);
	}

}
