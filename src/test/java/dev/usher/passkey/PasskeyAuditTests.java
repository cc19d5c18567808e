package dev.usher.passkey;

import dev.usher.testing.Await;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Has a gateway of its own: refusals of one kind and one second are summed up, and only
 * the first of them has a line with a name.
 */
@ExtendWith(OutputCaptureExtension.class)
class PasskeyAuditTests {

	@Test
	void loginWhenRefusedOrDoneThenIsInTheAuditLog(CapturedOutput output) {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.webauthn.rp-id=example.org",
				"usher.webauthn.origins=" + PasskeyUser.ORIGIN)) {
			PasskeyUser user = PasskeyUser.make(node, "audited");
			user.login(node);
			user.authenticator().rpId("evil.example");
			user.login(node);
			Await.within(30, () -> output.getAll().contains("login refused")
					&& output.getAll().contains("passkey success who=\"audited\""));
			assertThat(output.getAll())
				.containsPattern("login success who=\"audited\" [^\n]*what=\"passkey " + user.id());
			assertThat(output.getAll())
				.containsPattern("login refused [^\n]*what=\"audited\" [^\n]*reason=\"bad_credentials\"");
		}
	}

}
