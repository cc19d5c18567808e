package dev.usher.token;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.usher.protocol.Reason;
import dev.usher.storage.StorageProperties;
import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What every database must do for the signing keys, on one node and on several. */
abstract class SigningKeysContract {

	private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

	private static final Duration ROTATION = Duration.ofDays(30);

	private final MutableClock clock = new MutableClock();

	private final List<TokenFixture> nodes = new ArrayList<>();

	private DataSource database;

	private TokenFixture node;

	@TempDir
	Path folder;

	abstract DataSource newDatabase();

	@BeforeEach
	void setUp() {
		this.database = newDatabase();
		this.node = start(TokenFixture.properties(KEY));
	}

	@AfterEach
	void tearDown() {
		this.nodes.forEach(TokenFixture::close);
	}

	private TokenFixture start(TokenProperties properties) {
		TokenFixture started = new TokenFixture(this.database, this.folder, this.clock, properties);
		this.nodes.add(started);
		return started;
	}

	private List<String> published(TokenFixture node) throws Exception {
		return JWKSet.parse(node.keys.jwkSet()).getKeys().stream().map(JWK::getKeyID).toList();
	}

	@Test
	void restartedThenTokensStillVerify() {
		String token = this.node.mint().value();
		TokenFixture restarted = start(TokenFixture.properties(KEY));
		assertThat(restarted.verified(token).name()).isEqualTo("alice");
		assertThat(restarted.keys.current().kid()).isEqualTo(this.node.keys.current().kid());
	}

	@Test
	void rotationIsDueThenNextIsPublishedBeforeItSignsAndPreviousVerifiesToItsEnd() throws Exception {
		String first = this.node.keys.current().kid();
		this.clock.advance(ROTATION.minus(SigningKeys.LEAD).minusMillis(1));
		this.node.keys.check();
		assertThat(published(this.node)).containsExactly(first);

		this.clock.advance(Duration.ofMillis(1));
		this.node.keys.check();
		assertThat(published(this.node)).hasSize(2).startsWith(first);
		assertThat(this.node.keys.current().kid()).isEqualTo(first);

		this.clock.advance(SigningKeys.LEAD.minusMillis(1));
		AccessToken last = this.node.mint();
		this.clock.advance(Duration.ofMillis(1));
		assertThat(this.node.keys.current().kid()).isNotEqualTo(first).isEqualTo(published(this.node).get(1));
		assertThat(this.node.verified(this.node.mint().value()).name()).isEqualTo("alice");

		this.clock.set(last.expiresAt().minusMillis(1));
		this.node.keys.check();
		assertThat(this.node.verified(last.value()).name()).isEqualTo("alice");

		this.clock.advance(SigningKeys.GRACE.plusSeconds(2));
		this.node.keys.check();
		assertThat(published(this.node)).hasSize(1).doesNotContain(first);
		assertThat(this.node.refusal(last.value())).isEqualTo(Reason.UNAUTHORIZED);
		assertThat(this.node.jdbc.sql("SELECT kid FROM signing_keys").query(String.class).list()).doesNotContain(first);
	}

	@Test
	void startedAfterLongPauseThenStillSignsAndRotates() throws Exception {
		this.clock.advance(ROTATION.multipliedBy(3));
		TokenFixture late = start(TokenFixture.properties(KEY));
		assertThat(published(late)).hasSize(2);
		assertThat(late.verified(late.mint().value()).name()).isEqualTo("alice");
	}

	@Test
	void otherNodeRotatedWhenItsTokenComesThenKeysAreReadOffThread() {
		TokenFixture other = start(TokenFixture.properties(KEY));
		this.clock.advance(ROTATION);
		other.keys.check();
		this.clock.advance(SigningKeys.LEAD);
		String token = other.mint().value();
		assertThat(this.node.keys.find(other.keys.current().kid())).isNull();
		assertThat(this.node.verified(token).name()).isEqualTo("alice");
		assertThat(this.node.keys.current().kid()).isEqualTo(other.keys.current().kid());
	}

	@Test
	void unknownKidsKeepComingThenDatabaseIsAskedOnceInAWhile() {
		TokenFixture other = start(TokenFixture.properties(KEY));
		assertThat(this.node.refusal(this.node.sign(this.node.own().header("kid", "invented"))))
			.isEqualTo(Reason.UNAUTHORIZED);
		SigningKey next = SigningKey.generate(2, this.clock.instant());
		assertThat(other.store.add(next)).isTrue();
		assertThat(this.node.verifier.verify(this.node.sign(this.node.own().header("kid", "invented")))
			.toCompletableFuture()).isCompletedExceptionally();
		assertThat(this.node.keys.find(next.kid())).isNull();
		this.clock.advance(SigningKeys.RELOAD_INTERVAL);
		assertThat(this.node.refusal(this.node.sign(this.node.own().header("kid", "invented"))))
			.isEqualTo(Reason.UNAUTHORIZED);
		assertThat(this.node.keys.find(next.kid())).isNotNull();
	}

	@Test
	void manyNodesStartAndRotateAtOnceThenTheyAgreeOnOneKey() throws Exception {
		this.node.jdbc.sql("DELETE FROM signing_keys").update();
		ExecutorService pool = Executors.newFixedThreadPool(4);
		try {
			Callable<String> begin = () -> {
				TokenProperties properties = TokenFixture.properties(KEY);
				SigningKeys keys = new SigningKeys(new SigningKeyStore(JdbcClient.create(this.database),
						new StorageProperties(this.folder), properties), this.clock, properties);
				keys.open();
				keys.close();
				return keys.current().kid();
			};
			List<String> kids = new ArrayList<>();
			for (Future<String> kid : pool.invokeAll(List.of(begin, begin, begin, begin))) {
				kids.add(kid.get());
			}
			assertThat(kids).containsOnly(kids.get(0));
			assertThat(this.node.jdbc.sql("SELECT COUNT(*) FROM signing_keys").query(Long.class).single()).isOne();
		}
		finally {
			pool.shutdownNow();
		}
	}

	@Test
	void databaseIsReadThenPrivateKeyIsNotInIt() {
		String stored = this.node.jdbc.sql("SELECT private_key FROM signing_keys").query(String.class).single();
		byte[] plain = this.node.privateKey().getEncoded();
		String text = new String(Base64.getDecoder().decode(stored), java.nio.charset.StandardCharsets.ISO_8859_1);
		String modulus = new String(plain, 40, 64, java.nio.charset.StandardCharsets.ISO_8859_1);
		assertThat(text).doesNotContain(modulus);
	}

	@Test
	void masterKeyIsAnotherThenStartIsRefused() {
		byte[] another = new byte[32];
		another[0] = 1;
		assertThatExceptionOfType(UnusableKeyException.class)
			.isThrownBy(() -> start(TokenFixture.properties(Base64.getEncoder().encodeToString(another))))
			.withMessageContaining("usher.token.key");
	}

	@Test
	void masterKeyFileIsGoneThenStartIsRefusedAndNoneIsMade() {
		assertThatExceptionOfType(UnusableKeyException.class).isThrownBy(() -> start(TokenFixture.properties(null)))
			.withMessageContaining(this.folder.resolve(MasterKeyFile.NAME).toString())
			.withMessageContaining("missing")
			.satisfies((ex) -> assertThat(ex.action()).contains("usher.token.key"));
		assertThat(this.folder.resolve(MasterKeyFile.NAME)).doesNotExist();
	}

	@Test
	void rowIsPassedOffAsAnotherKeyThenStartIsRefused() {
		this.node.jdbc.sql("UPDATE signing_keys SET kid = 'another'").update();
		assertThatExceptionOfType(UnusableKeyException.class).isThrownBy(() -> start(TokenFixture.properties(KEY)));
	}

	@Test
	void databaseFailsWhileRunningThenKeysStayInUse() {
		this.node.jdbc.sql("DROP TABLE signing_keys").update();
		this.node.keys.check();
		assertThat(this.node.verified(this.node.mint().value()).name()).isEqualTo("alice");
		// It may be a key that another node has made since.
		assertThat(this.node.refusal(this.node.sign(this.node.own().header("kid", "invented"))))
			.isEqualTo(Reason.ISSUER_UNAVAILABLE);
	}

}
