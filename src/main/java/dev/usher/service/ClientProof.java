package dev.usher.service;

import java.util.Map;
import java.util.Optional;

import dev.usher.dpop.Proof;
import dev.usher.dpop.Proofs;
import dev.usher.protocol.ProofRefusedException;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationToken;

/**
 * The proof of a request for a token, on its way through Spring Security's authorization
 * server. Under a name of our own: under Spring Security's it would be verified there
 * too, by rules that know no nonce and remember what was used in the memory of one node.
 */
final class ClientProof {

	private static final String NAME = "usher.proof";

	private ClientProof() {
	}

	/**
	 * Reads the proof of a request, as a parameter of its grant.
	 * @throws OAuth2AuthenticationException where it is bad
	 */
	static Map<String, Object> read(HttpServletRequest request, Proofs proofs) {
		try {
			Optional<Proof> proof = proofs.ofTokenRequest(request);
			return proof.<Map<String, Object>>map((read) -> Map.of(NAME, read)).orElse(Map.of());
		}
		catch (ProofRefusedException ex) {
			throw refusal(ex);
		}
	}

	/**
	 * Uses the proof of a grant up.
	 * @return the thumbprint of its key, or null where there is none
	 * @throws OAuth2AuthenticationException where it was used before
	 */
	static @Nullable String use(@Nullable Authentication grant, Proofs proofs) {
		if (!(grant instanceof OAuth2ClientCredentialsAuthenticationToken credentials
				&& credentials.getAdditionalParameters().get(NAME) instanceof Proof proof)) {
			return null;
		}
		try {
			proofs.use(proof);
			return proof.thumbprint();
		}
		catch (RefusedException ex) {
			throw refusal(ex);
		}
	}

	private static OAuth2AuthenticationException refusal(RefusedException refusal) {
		OAuth2Error error = (refusal.reason() == Reason.STORAGE_UNAVAILABLE) ? TokenErrors.temporarilyUnavailable()
				: new OAuth2Error(refusal.reason().code());
		return new OAuth2AuthenticationException(error, refusal);
	}

}
