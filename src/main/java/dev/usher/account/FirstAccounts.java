package dev.usher.account;

import java.time.Clock;
import java.util.Set;

import dev.usher.access.Caller;
import dev.usher.storage.Database;
import dev.usher.storage.StorageException;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.stereotype.Component;

/**
 * Makes the accounts a fresh database needs, before the first request is taken:
 * {@code admin}, with the password of {@code usher.admin} or one nobody knows beforehand;
 * or, under the profile {@code demo}, three with a password everybody knows.
 */
@Component
class FirstAccounts implements SmartInitializingSingleton {

	private static final String ADMIN = "admin";

	private final AccountRepository repository;

	private final DemoAccounts demo;

	private final FirstPassword password;

	private final Environment environment;

	private final Database database;

	private final Clock clock;

	FirstAccounts(AccountRepository repository, DemoAccounts demo, FirstPassword password, Environment environment,
			Database database, Clock clock) {
		this.repository = repository;
		this.demo = demo;
		this.password = password;
		this.environment = environment;
		this.database = database;
		this.clock = clock;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.demo.recognize();
		if (this.environment.acceptsProfiles(Profiles.of("demo"))) {
			makeDemoAccounts();
		}
		else {
			this.demo.endSessions();
			if (this.repository.isEmpty() || isTheDemosAlone()) {
				makeAdministrator();
			}
			this.demo.warn();
		}
	}

	private void makeDemoAccounts() {
		if (!this.database.embedded()) {
			throw new StorageException(
					"The profile demo makes accounts with a password everybody knows, so it only runs on the "
							+ "embedded database; but spring.datasource.url names another.",
					"Start without the profile demo, or without spring.datasource.url.");
		}
		this.demo.make();
	}

	/** Nobody could administer it: the demo's administrator is refused. */
	private boolean isTheDemosAlone() {
		return this.repository.findDemo().contains(ADMIN)
				&& this.repository.lockEnabledWithRole(Caller.ADMIN).isEmpty();
	}

	private void makeAdministrator() {
		String hash = this.password.hash(ADMIN);
		Set<String> roles = Set.of(Caller.ADMIN);
		if (this.repository.insert(ADMIN, hash, roles, this.clock.instant(), false)
				|| this.repository.takeOver(ADMIN, hash, roles)) {
			this.password.show(ADMIN);
		}
	}

}
