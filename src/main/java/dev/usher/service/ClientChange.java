package dev.usher.service;

import java.util.List;
import java.util.Map;

import dev.usher.protocol.CheckedBody;
import dev.usher.protocol.MemberRules;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code PATCH /admin/clients/{client_id}}; what is absent stays.
 *
 * @param addSecret whether to make a secret, beside those it has
 * @param removeSecrets the ids of secrets to remove
 * @param addKeys public keys as a JWK set, beside those it has
 * @param removeKeys the {@code kid} of keys to remove, of one without the thumbprint (RFC
 * 7638)
 */
record ClientChange(@Nullable Boolean addSecret, @Nullable List<String> removeSecrets,
		@Nullable Map<String, Object> addKeys, @Nullable List<String> removeKeys) implements CheckedBody {

	@Override
	public void check() {
		if (this.addSecret == null && this.removeSecrets == null && this.addKeys == null && this.removeKeys == null) {
			throw ClientRules.bad("The body needs one of the members \"add_secret\", \"remove_secrets\", "
					+ "\"add_keys\" and \"remove_keys\".");
		}
		MemberRules.strings("remove_secrets", this.removeSecrets);
		MemberRules.strings("remove_keys", this.removeKeys);
	}

	boolean addsSecret() {
		return Boolean.TRUE.equals(this.addSecret);
	}

	List<String> removedSecrets() {
		return (this.removeSecrets != null) ? this.removeSecrets : List.of();
	}

	List<String> removedKeys() {
		return (this.removeKeys != null) ? this.removeKeys : List.of();
	}

	/** What it changes, in words. */
	String what() {
		StringBuilder what = new StringBuilder("change");
		what.append(addsSecret() ? " +secret" : "");
		what.append(removedSecrets().isEmpty() ? "" : " -secrets");
		what.append((this.addKeys != null) ? " +keys" : "");
		what.append(removedKeys().isEmpty() ? "" : " -keys");
		return what + " of";
	}

}
