package dev.usher.token;

import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.testing.TestIssuer;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two issuers and us, and what must hold whatever they are sent: no part of a token that
 * was tried is in the log.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TokenAttackFixture {

	static final String SECRET = "0123456789abcdef0123456789abcdef";

	static final Set<String> ROLES = Set.of("user");

	final KeyPair attacker = TestTokens.rsa(2048);

	private final List<String> tried = new ArrayList<>();

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.usher.token");

	TestIssuer idp;

	TokenFixture tokens;

	@BeforeAll
	void setUp(@TempDir Path folder) {
		this.idp = new TestIssuer();
		this.tokens = TokenFixture.inMemory(folder,
				TokenFixture.issuer(this.idp.issuer(), TestIssuer.AUDIENCE, this.idp.jwkSetUri(), false, null, null,
						ROLES, "", DpopUse.OPTIONAL),
				TokenFixture.issuer("partner", "gateway", null, false, SECRET, null, ROLES, "partner:",
						DpopUse.OPTIONAL));
	}

	@BeforeEach
	void listen() {
		this.log.start();
		this.logger.setLevel(Level.TRACE);
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void logHoldsNoToken() {
		this.logger.detachAppender(this.log);
		this.logger.setLevel(null);
		assertThat(this.tried).isNotEmpty();
		for (String token : this.tried) {
			for (String part : token.split("\\.")) {
				assertThat(this.log.list).noneMatch((line) -> part.length() > 20 && line.toString().contains(part));
			}
		}
		this.tried.clear();
		this.log.list.clear();
	}

	@AfterAll
	void tearDown() {
		this.tokens.close();
		this.idp.close();
	}

	final void assertUnauthorized(String token) {
		this.tried.add(token);
		assertThat(this.tokens.refusal(token)).isEqualTo(Reason.UNAUTHORIZED);
	}

	final Caller verified(String token) {
		this.tried.add(token);
		return this.tokens.verified(token);
	}

	final String signed(TestTokens token) {
		return this.tokens.sign(token);
	}

}
