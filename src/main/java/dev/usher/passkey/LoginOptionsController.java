package dev.usher.passkey;

import tools.jackson.databind.JsonNode;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What a page hands to the browser to log in by passkey. Anybody may ask: it is the same
 * for all but for its challenge, and nothing is kept of it.
 */
@RestController
@ConditionalOnPasskeys
class LoginOptionsController {

	private final PasskeyCeremonies ceremonies;

	LoginOptionsController(PasskeyCeremonies ceremonies) {
		this.ceremonies = ceremonies;
	}

	@PostMapping(path = "/auth/login/options", produces = MediaType.APPLICATION_JSON_VALUE)
	JsonNode options() {
		return this.ceremonies.beginLogin();
	}

}
