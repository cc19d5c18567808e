package dev.usher.attack;

import dev.usher.testing.TestIssuer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a security review and a walk as a new user found, on a gateway with the limits it
 * comes with, and an issuer it trusts that is down. Each was red on the jar it was found
 * on, and is again with {@code -Dusher.jar=} that jar.
 */
class ReviewIT {

	private static TestIssuer away;

	private static Target target;

	@BeforeAll
	static void start() {
		away = new TestIssuer();
		away.answerWith(503);
		target = Target.start("512m", "usher.issuers[1].issuer=" + away.issuer(),
				"usher.issuers[1].audience=" + TestIssuer.AUDIENCE, "usher.issuers[1].jwk-set-uri=" + away.jwkSetUri());
		target.awaitUp();
	}

	/** None of it is an error, and nothing has a stack trace. */
	@AfterAll
	static void stop() {
		String output = target.process().output();
		target.stop();
		away.close();
		assertThat(output).doesNotContain("\tat ", " ERROR ");
	}

	static Target target() {
		return target;
	}

	/** An issuer whose keys cannot be fetched. */
	static TestIssuer away() {
		return away;
	}

	@Nested
	class Strangers extends StrangerAttacks {

	}

	@Nested
	class Foreigners extends ForeignerAttacks {

	}

	@Nested
	class Refusals extends RefusalReview {

	}

	@Nested
	class LargeBodies extends LargeBodyAttacks {

	}

	@Nested
	class Names extends NameAttacks {

	}

	@Nested
	class Clients extends ClientReview {

	}

}
