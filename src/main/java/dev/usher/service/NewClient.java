package dev.usher.service;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.usher.protocol.CheckedBody;
import dev.usher.protocol.MemberRules;
import org.jspecify.annotations.Nullable;

/**
 * A client as an administrator asks for it.
 *
 * @param clientId its id; one is made up where there is none
 * @param scopes what it may be allowed, {@code publish} and {@code admin}
 * @param jwks its public keys, for {@code private_key_jwt}; without them it gets a secret
 * @param publish the patterns it may publish to, one or more; without the member it may
 * everywhere
 */
record NewClient(@Nullable String clientId, Set<String> scopes, @Nullable Map<String, Object> jwks,
		@Nullable List<String> publish) implements CheckedBody {

	@Override
	public void check() {
		MemberRules.required("scopes", this.scopes);
		MemberRules.strings("scopes", this.scopes);
		MemberRules.strings("publish", this.publish);
		if (this.publish != null && this.publish.isEmpty()) {
			throw ClientRules.bad("Member \"publish\" names no pattern. Without the member it is everywhere.");
		}
	}

}
