package dev.usher.passkey;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.security.web.webauthn.api.AuthenticatorAssertionResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorAttestationResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorTransport;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.PublicKeyCredential;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialType;

/**
 * Reads what a browser's {@code PublicKeyCredential.toJSON()} writes (WebAuthn, section
 * 5.1.8). Each part is bounded; members that are not needed are left alone, for browsers
 * add to them. What is missing or malformed is {@link Reason#BAD_REQUEST} by its name.
 */
final class CredentialJson {

	/** 1023 bytes, the longest id that the specification allows. */
	private static final int MAX_ID = 1364;

	/** The column takes as many. */
	private static final int MAX_ATTESTATION = 8192;

	private static final int MAX_CLIENT_DATA = 8192;

	private static final int MAX_AUTHENTICATOR_DATA = 8192;

	private static final int MAX_SIGNATURE = 4096;

	private static final int MAX_HANDLE = 128;

	private static final int MAX_TRANSPORTS = 8;

	private static final Pattern TRANSPORT = Pattern.compile("[a-z-]{1,24}");

	private static final JsonMapper mapper = new JsonMapper();

	private final String name;

	private final JsonNode credential;

	/**
	 * @param name what the member is called that the credential is in
	 */
	CredentialJson(String name, JsonNode credential) {
		this.name = name;
		this.credential = credential;
	}

	/** What is shown at a login. */
	PublicKeyCredential<AuthenticatorAssertionResponse> assertion() {
		AuthenticatorAssertionResponse response = AuthenticatorAssertionResponse.builder()
			.clientDataJSON(clientData())
			.authenticatorData(bytes("response.authenticatorData", MAX_AUTHENTICATOR_DATA))
			.signature(bytes("response.signature", MAX_SIGNATURE))
			.userHandle(bytes("response.userHandle", MAX_HANDLE))
			.build();
		return PublicKeyCredential.<AuthenticatorAssertionResponse>builder()
			.id(id().toBase64UrlString())
			.rawId(id())
			.type(PublicKeyCredentialType.PUBLIC_KEY)
			.response(response)
			.build();
	}

	/** What is shown at a registration. */
	PublicKeyCredential<AuthenticatorAttestationResponse> attestation() {
		AuthenticatorAttestationResponse response = AuthenticatorAttestationResponse.builder()
			.clientDataJSON(clientData())
			.attestationObject(bytes("response.attestationObject", MAX_ATTESTATION))
			.transports(transports())
			.build();
		return PublicKeyCredential.<AuthenticatorAttestationResponse>builder()
			.id(id().toBase64UrlString())
			.rawId(id())
			.type(PublicKeyCredentialType.PUBLIC_KEY)
			.response(response)
			.build();
	}

	/** The challenge it claims to answer; empty where there is none to be read. */
	Optional<byte[]> challenge() {
		try {
			JsonNode challenge = mapper.readTree(clientData().getBytes()).path("challenge");
			return challenge.isString() ? Optional.of(Base64.getUrlDecoder().decode(challenge.stringValue()))
					: Optional.empty();
		}
		catch (JacksonException | IllegalArgumentException ex) {
			return Optional.empty();
		}
	}

	private Bytes clientData() {
		return bytes("response.clientDataJSON", MAX_CLIENT_DATA);
	}

	/** Both spellings of it must be one. */
	private Bytes id() {
		Bytes id = bytes("rawId", MAX_ID);
		if (!id.equals(bytes("id", MAX_ID))) {
			throw bad("id", "is not \"rawId\"");
		}
		if (!"public-key".equals(this.credential.path("type").asString(""))) {
			throw bad("type", "must be \"public-key\"");
		}
		return id;
	}

	private Bytes bytes(String path, int maxLength) {
		JsonNode node = this.credential;
		for (String step : path.split("\\.")) {
			node = node.path(step);
		}
		if (!node.isString()) {
			throw bad(path, "is missing or no string");
		}
		if (node.stringValue().length() > maxLength) {
			throw bad(path, "is longer than " + maxLength + " characters");
		}
		try {
			return new Bytes(Base64.getUrlDecoder().decode(node.stringValue()));
		}
		catch (IllegalArgumentException ex) {
			throw bad(path, "is not in base64url");
		}
	}

	/** Hints for the browser: what is none of its words is left out. */
	private List<AuthenticatorTransport> transports() {
		List<AuthenticatorTransport> transports = new ArrayList<>();
		for (JsonNode each : this.credential.path("response").path("transports")) {
			String word = each.asString("");
			if (transports.size() < MAX_TRANSPORTS && TRANSPORT.matcher(word).matches()) {
				transports.add(AuthenticatorTransport.valueOf(word));
			}
		}
		return transports;
	}

	private RefusedException bad(String path, String wrong) {
		return new RefusedException(Reason.BAD_REQUEST, "Member \"" + this.name + "." + path + "\" " + wrong + ".");
	}

}
