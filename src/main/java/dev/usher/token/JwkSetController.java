package dev.usher.token;

import java.time.Duration;

import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /oauth2/jwks}: our public keys, the one that signs, the one before while its
 * tokens live, and the next shortly before it begins (RFC 7517). Open to anyone.
 */
@RestController
class JwkSetController {

	/** How long an answer may be cached. */
	static final Duration MAX_AGE = Duration.ofMinutes(5);

	private final SigningKeys keys;

	JwkSetController(SigningKeys keys) {
		this.keys = keys;
	}

	@GetMapping("/oauth2/jwks")
	ResponseEntity<String> keys() {
		return ResponseEntity.ok()
			.cacheControl(CacheControl.maxAge(MAX_AGE).cachePublic())
			.contentType(MediaType.APPLICATION_JSON)
			.body(this.keys.jwkSet());
	}

}
