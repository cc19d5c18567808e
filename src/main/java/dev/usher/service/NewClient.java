package dev.usher.service;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.usher.protocol.RequiredMember;
import org.jspecify.annotations.Nullable;

/**
 * A client as an administrator asks for it.
 *
 * @param clientId its id; one is made up where there is none
 * @param scopes what it may be allowed, {@code publish} and {@code admin}
 * @param jwks its public keys, for {@code private_key_jwt}; without them it gets a secret
 * @param publish the patterns it may publish to; without any it may everywhere
 */
record NewClient(@Nullable String clientId, Set<String> scopes, @Nullable Map<String, Object> jwks,
		@Nullable List<String> publish) {

	NewClient {
		RequiredMember.check("scopes", scopes);
		refuseNull("scopes", scopes);
		refuseNull("publish", publish);
	}

	private static void refuseNull(String name, @Nullable Collection<?> values) {
		if (values != null && values.stream().anyMatch(Objects::isNull)) {
			throw ClientRules.bad("Member \"" + name + "\" must be a list of strings.");
		}
	}

}
