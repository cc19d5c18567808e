package dev.usher.passkey;

import java.util.HashMap;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.SoftwareAuthenticator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Somebody with an account and one passkey, as a page on {@link #ORIGIN} would act for
 * them.
 *
 * @param username their name
 * @param authenticator what holds the passkey
 * @param id the passkey's id
 */
record PasskeyUser(String username, SoftwareAuthenticator authenticator, String id) {

	static final String ORIGIN = "https://app.example.org";

	/** Makes an account with a password and a passkey. */
	static PasskeyUser make(HttpNode node, String username, String... roles) {
		node.makeUser(username, roles);
		return withPasskey(node, username, new SoftwareAuthenticator());
	}

	/** Adds a passkey to an account with a password. */
	static PasskeyUser withPasskey(HttpNode node, String username, SoftwareAuthenticator authenticator) {
		String token = node.login(username).text("access_token");
		Answer made = register(node, token, authenticator);
		if (made.status() != 201) {
			throw new AssertionError(made);
		}
		return new PasskeyUser(username, authenticator, made.text("passkey_id"));
	}

	/** Asks for options and answers them. */
	static Answer register(HttpNode node, String token, SoftwareAuthenticator authenticator) {
		return finish(node, token, authenticator.create(registrationOptions(node, token), ORIGIN));
	}

	static JsonNode registrationOptions(HttpNode node, String token) {
		return ok(node.call("POST", "/auth/passkeys/options", token, Map.of())).json();
	}

	static Answer finish(HttpNode node, String token, Map<String, Object> credential) {
		return node.call("POST", "/auth/passkeys", token, Map.of("credential", credential, "name", "Phone"));
	}

	static JsonNode loginOptions(HttpNode node) {
		return ok(node.call("POST", "/auth/login/options", null, Map.of())).json();
	}

	private static Answer ok(Answer answer) {
		if (answer.status() != 200) {
			throw new AssertionError(answer);
		}
		return answer;
	}

	/** Logs in by the passkey. */
	Answer login(HttpNode node) {
		return show(node, this.authenticator.sign(loginOptions(node), ORIGIN));
	}

	static Answer show(HttpNode node, Map<String, Object> assertion) {
		return node.call("POST", "/auth/login", null, Map.of("passkey", assertion));
	}

	/** Takes the password away, so that the passkey is all there is. */
	void dropPassword(HttpNode node) {
		Answer answer = dropPassword(node, this.username);
		if (answer.status() != 200) {
			throw new AssertionError(answer);
		}
	}

	static Answer dropPassword(HttpNode node, String username) {
		Map<String, Object> body = new HashMap<>();
		body.put("password", null);
		return node.call("PATCH", "/admin/accounts/" + username, node.admin(), body);
	}

	/** A credential with other bytes in a member of its response. */
	static Map<String, Object> spoiled(Map<String, Object> credential, String member, String bytes) {
		JsonMapper json = new JsonMapper();
		ObjectNode copy = (ObjectNode) json.readTree(json.writeValueAsString(credential));
		((ObjectNode) copy.path("response")).put(member, bytes);
		Map<String, Object> all = new HashMap<>();
		copy.properties().forEach((each) -> all.put(each.getKey(), each.getValue()));
		return all;
	}

}
