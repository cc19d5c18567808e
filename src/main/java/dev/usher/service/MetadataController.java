package dev.usher.service;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.nimbusds.jose.Algorithm;
import dev.usher.dpop.Proofs;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /.well-known/oauth-authorization-server}: what a client must know to get a
 * token (RFC 8414). Lists only what this gateway supports. Open to anyone.
 */
@RestController
class MetadataController {

	private final Audiences audiences;

	MetadataController(Audiences audiences) {
		this.audiences = audiences;
	}

	/** Not to be cached: without a configured URL the answer depends on who asks. */
	@GetMapping(path = "/.well-known/oauth-authorization-server", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Metadata> metadata(HttpServletRequest request) {
		return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(Metadata.of(this.audiences.url(request)));
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

}
