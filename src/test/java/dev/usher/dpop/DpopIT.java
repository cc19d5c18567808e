package dev.usher.dpop;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;

import dev.usher.testing.Answer;
import dev.usher.testing.JarNode;
import dev.usher.testing.ProvingClient;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a thief does with each part of a bound session, and with proofs that are almost
 * good, on the packaged jar. It is started once.
 */
class DpopIT {

	static final String PASSWORD = "correct horse battery staple";

	static final byte[] KEY = "thirty-two bytes, of a key of us".getBytes(StandardCharsets.US_ASCII);

	@TempDir
	private static Path data;

	private static JarNode node;

	/** One login for those tests that leave it as it is: a password takes its time. */
	private static Login shared;

	@BeforeAll
	static void start() {
		node = JarNode.start(data, Store.EMBEDDED, "usher.admin.password=" + PASSWORD, "usher.proxies=127.0.0.1",
				"usher.token.key=" + Base64.getEncoder().encodeToString(KEY));
	}

	@AfterAll
	static void stop() {
		node.close();
		assertThat(node.process().output()).doesNotContain("\tat ", " ERROR ");
	}

	static JarNode node() {
		return node;
	}

	static Login shared() {
		if (shared == null) {
			shared = login();
		}
		return shared;
	}

	static Login login() {
		ProvingClient client = new ProvingClient(node.port(), Clock.systemUTC());
		return new Login(client, client.login("admin", PASSWORD));
	}

	/** Its port is another then. */
	static void restart() {
		node.kill();
		node.start();
		shared = null;
	}

	@Nested
	class StolenCredentials extends StolenCredentialAttacks {

	}

	@Nested
	class Proofs extends ProofAttacks {

	}

	@Nested
	class BoundConnections extends BoundConnectionAttacks {

	}

	/**
	 * A login that is bound to a key.
	 *
	 * @param client who has the key
	 * @param answer the tokens
	 */
	record Login(ProvingClient client, Answer answer) {

	}

}
