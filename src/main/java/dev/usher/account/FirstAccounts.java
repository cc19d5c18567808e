package dev.usher.account;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.Set;

import dev.usher.access.Caller;
import dev.usher.storage.Database;
import dev.usher.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.stereotype.Component;

/**
 * Makes the accounts a fresh database needs, before the first request is taken:
 * {@code admin} with a password nobody knows beforehand or, under the profile
 * {@code demo}, three with a password everybody knows.
 */
@Component
class FirstAccounts implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(FirstAccounts.class);

	private static final String DEMO_PASSWORD = "wonderland";

	/** 144 bits; a multiple of three bytes, so that no padding shows. */
	private static final int PASSWORD_BYTES = 18;

	private final AccountRepository repository;

	private final PasswordHashing hashing;

	private final Environment environment;

	private final Database database;

	private final Clock clock;

	FirstAccounts(AccountRepository repository, PasswordHashing hashing, Environment environment, Database database,
			Clock clock) {
		this.repository = repository;
		this.hashing = hashing;
		this.environment = environment;
		this.database = database;
		this.clock = clock;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.environment.acceptsProfiles(Profiles.of("demo"))) {
			makeDemoAccounts();
		}
		else if (this.repository.isEmpty()) {
			makeAdministrator();
		}
	}

	private void makeDemoAccounts() {
		if (!this.database.embedded()) {
			throw new StorageException(
					"The profile demo makes accounts with a password everybody knows, so it only runs on the "
							+ "embedded database; but spring.datasource.url names another.",
					"Start without the profile demo, or without spring.datasource.url.");
		}
		String hash = this.hashing.hash(DEMO_PASSWORD);
		this.repository.insert("alice", hash, Set.of("user"), this.clock.instant());
		this.repository.insert("bob", hash, Set.of("user"), this.clock.instant());
		this.repository.insert("admin", hash, Set.of(Caller.ADMIN), this.clock.instant());
		logger.warn("Profile demo: there are accounts alice, bob and admin with a password that everybody knows. "
				+ "Never do this where others can connect.");
	}

	private void makeAdministrator() {
		byte[] bytes = new byte[PASSWORD_BYTES];
		new SecureRandom().nextBytes(bytes);
		String password = Base64.getUrlEncoder().encodeToString(bytes);
		if (this.repository.insert("admin", this.hashing.hash(password), Set.of(Caller.ADMIN), this.clock.instant())) {
			// Not through a logger: those write to files.
			System.out.printf("%n  The first account: username admin, password %s%n"
					+ "  It is shown this once. Change it with POST /auth/password.%n%n", password);
			System.out.flush();
		}
	}

}
