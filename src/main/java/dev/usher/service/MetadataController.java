package dev.usher.service;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.nimbusds.jose.Algorithm;
import dev.usher.dpop.Proofs;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /.well-known/oauth-authorization-server}: what a client must know to get a
 * token (RFC 8414). {@code GET /.well-known/openid-configuration}: what a service must
 * know to verify one (OpenID Connect Discovery 1.0, section 4), where our tokens name us
 * by a URL. Both list only what this gateway supports. Open to anyone.
 */
@RestController
class MetadataController {

	/** How long an answer may be cached, as the keys may. */
	private static final Duration MAX_AGE = Duration.ofMinutes(5);

	private final Audiences audiences;

	MetadataController(Audiences audiences) {
		this.audiences = audiences;
	}

	@GetMapping(path = "/.well-known/oauth-authorization-server", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Metadata> metadata(HttpServletRequest request) {
		return answer(Metadata.of(this.audiences.url(request)));
	}

	/**
	 * Says that it is not there where {@code usher.token.issuer} is no URL: whoever
	 * verifies compares the {@code iss} of our tokens with the issuer it says, and a made
	 * up one would refuse all of them.
	 */
	@GetMapping(path = "/.well-known/openid-configuration", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<OpenIdConfiguration> openIdConfiguration(HttpServletRequest request) {
		if (!this.audiences.areKnown()) {
			throw new RefusedException(Reason.NOT_FOUND,
					"There is no such document, because usher.token.issuer is no URL.");
		}
		return answer(OpenIdConfiguration.of(Metadata.of(this.audiences.url(request))));
	}

	/**
	 * Without a configured URL the answer depends on who asks, and is not to be cached.
	 */
	private <T> ResponseEntity<T> answer(T document) {
		CacheControl cached = this.audiences.areKnown() ? CacheControl.maxAge(MAX_AGE).cachePublic()
				: CacheControl.noStore();
		return ResponseEntity.ok().cacheControl(cached).body(document);
	}

	/**
	 * The document (RFC 8414, section 2).
	 *
	 * @param issuer the issuer's URL
	 * @param tokenEndpoint where tokens are asked for
	 * @param jwksUri where the keys are that sign them
	 * @param scopesSupported the scopes there are
	 * @param responseTypesSupported none: there is no authorization endpoint
	 * @param grantTypesSupported client credentials alone
	 * @param tokenEndpointAuthMethodsSupported how a client says who it is
	 * @param tokenEndpointAuthSigningAlgValuesSupported what it may sign that with
	 * @param dpopSigningAlgValuesSupported what a proof of possession may be signed with
	 * (RFC 9449, section 5.1)
	 */
	record Metadata(String issuer, String tokenEndpoint, String jwksUri, Set<String> scopesSupported,
			List<String> responseTypesSupported, List<String> grantTypesSupported,
			List<String> tokenEndpointAuthMethodsSupported, List<String> tokenEndpointAuthSigningAlgValuesSupported,
			List<String> dpopSigningAlgValuesSupported) {

		static Metadata of(String url) {
			String base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
			return new Metadata(url, Audiences.endpoint(url), base + "/oauth2/jwks", new TreeSet<>(Scope.words()),
					List.of(), List.of("client_credentials"),
					List.of("client_secret_basic", "client_secret_post", "private_key_jwt"),
					ClientAssertions.ALGORITHMS.stream().map(Algorithm::getName).toList(), Proofs.algorithms());
		}

	}

	/**
	 * The same document with what discovery wants beside it (section 3). There is no
	 * authorization endpoint and there are no ID tokens: nobody can log people in with
	 * it.
	 *
	 * @param metadata what RFC 8414 has
	 * @param subjectTypesSupported a user has one {@code sub}, whoever is told
	 * @param idTokenSigningAlgValuesSupported none: there are no ID tokens
	 */
	record OpenIdConfiguration(@JsonUnwrapped Metadata metadata, List<String> subjectTypesSupported,
			List<String> idTokenSigningAlgValuesSupported) {

		static OpenIdConfiguration of(Metadata metadata) {
			return new OpenIdConfiguration(metadata, List.of("public"), List.of());
		}

	}

}
