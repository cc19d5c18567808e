package dev.usher.token;

import java.net.URI;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.usher.access.AccessProperties;
import dev.usher.access.AccessProperties.Rule;
import dev.usher.access.AccessRules;
import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.storage.StorageProperties;
import dev.usher.testing.FewKeys;
import dev.usher.testing.Migrations;
import dev.usher.testing.MutableClock;
import dev.usher.testing.Postgres;
import dev.usher.testing.TestTokens;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.converter.Converter;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.security.oauth2.jwt.Jwt;

/** The token package put together by hand, as one node of a gateway. */
final class TokenFixture implements AutoCloseable {

	static {
		FewKeys.install();
	}

	final MutableClock clock;

	final JdbcClient jdbc;

	final TokenProperties properties;

	final SigningKeyStore store;

	final SigningKeys keys;

	final List<Object> events = new ArrayList<>();

	final Revocations revocations;

	final Issuers issuers;

	final TokenVerifier verifier;

	final TokenMinter minter;

	TokenFixture(DataSource database, Path folder, MutableClock clock, TokenProperties properties) {
		this.clock = clock;
		this.properties = properties;
		this.jdbc = JdbcClient.create(database);
		this.store = new SigningKeyStore(this.jdbc, new StorageProperties(folder), properties);
		this.keys = new SigningKeys(this.store, clock, properties);
		this.keys.open();
		this.revocations = new Revocations(this.jdbc, this.events::add, clock, properties, (user) -> {
		});
		this.revocations.load();
		this.issuers = new Issuers(this.keys, properties, clock);
		AccessRules rules = new AccessRules(new AccessProperties(List.of(new Rule("/topic/news", List.of("user"), null),
				new Rule("/topic/secret", List.of("admin"), null))));
		this.verifier = new TokenVerifier(this.issuers, new CallerResolver(rules),
				new ClaimRoles(
						new StaticListableBeanFactory().getBeanProvider(
								ResolvableType.forClassWithGenerics(Converter.class, Jwt.class, Collection.class)),
						System::nanoTime),
				this.revocations, clock, properties,
				// A loaded machine takes its time, and what is tested is not how long.
				Duration.ofSeconds(20));
		this.minter = new TokenMinter(this.keys, clock, properties);
	}

	static TokenFixture inMemory(Path folder, ForeignIssuer... issuers) {
		return new TokenFixture(h2(), folder, new MutableClock(), properties(null, issuers));
	}

	static DataSource h2() {
		return new DriverManagerDataSource(Migrations.newMemoryDatabase());
	}

	static DataSource postgres() {
		return new DriverManagerDataSource(Postgres.newMigratedDatabase());
	}

	/** An issuer whose tokens name users and roles as ours do. */
	static ForeignIssuer issuer(String name, String audience, @Nullable URI jwkSetUri, boolean discovery,
			@Nullable String secret, @Nullable String algorithm, Set<String> roles, String prefix, DpopUse dpop) {
		return new ForeignIssuer(name, audience, jwkSetUri, discovery, secret, algorithm, roles, prefix, dpop, "roles",
				null, "sub", null);
	}

	static TokenProperties properties(@Nullable String key, ForeignIssuer... issuers) {
		return new TokenProperties(new TokenProperties.Own("usher", "usher", Duration.ofMinutes(15),
				Duration.ofDays(30), Duration.ofSeconds(30), key, Duration.ofDays(30), DpopUse.OPTIONAL),
				Arrays.asList(issuers));
	}

	/** A valid token of our own, before it is signed with {@link #sign}. */
	TestTokens own() {
		return TestTokens.valid("usher", "usher", this.clock)
			.header("typ", "at+jwt")
			.header("kid", this.keys.current().kid())
			.claim("sid", "a-session")
			.claim("roles", List.of("user"));
	}

	String sign(TestTokens token) {
		return token.sign(privateKey());
	}

	PrivateKey privateKey() {
		return this.keys.current().privateKey();
	}

	AccessToken mint() {
		return this.minter.mint("alice", Set.of("user"), "a-session", null);
	}

	Caller verified(String token) {
		return await(this.verifier.verify(token));
	}

	/** Why the token is refused. */
	Reason refusal(String token) {
		return refusal(this.verifier.verify(token));
	}

	static Reason refusal(CompletionStage<Caller> answer) {
		try {
			throw new AssertionError("accepted: " + await(answer));
		}
		catch (RefusedException ex) {
			return ex.reason();
		}
	}

	static Caller await(CompletionStage<Caller> answer) {
		try {
			return answer.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof RefusedException refused) {
				throw refused;
			}
			throw ex;
		}
	}

	@Override
	public void close() {
		this.issuers.close();
		this.keys.close();
	}

}
