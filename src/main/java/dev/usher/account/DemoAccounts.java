package dev.usher.account;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.usher.access.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * The accounts of the profile {@code demo}, whose password everybody knows. Where the
 * profile is not active they are refused as if they were disabled (see
 * {@link AccountRepository}) until they get another password.
 */
@Component
class DemoAccounts {

	private static final Logger logger = LoggerFactory.getLogger(DemoAccounts.class);

	private static final String PASSWORD = "wonderland";

	private static final Map<String, String> ROLES = new TreeMap<>(
			Map.of("alice", "user", "bob", "user", "admin", Caller.ADMIN));

	private final AccountRepository repository;

	private final PasswordHashing hashing;

	private final ApplicationEventPublisher events;

	private final Clock clock;

	DemoAccounts(AccountRepository repository, PasswordHashing hashing, ApplicationEventPublisher events, Clock clock) {
		this.repository = repository;
		this.hashing = hashing;
		this.events = events;
		this.clock = clock;
	}

	/** Makes those that are not there. */
	void make() {
		String hash = this.hashing.hash(PASSWORD);
		ROLES.forEach((name, role) -> this.repository.insert(name, hash, Set.of(role), this.clock.instant(), true));
		logger.warn("Profile demo: there are accounts alice, bob and admin with a password that everybody knows. "
				+ "Never do this where others can connect.");
	}

	/**
	 * Finds out which accounts of versions that kept no note of it are the demo's. That
	 * takes a hash for each of three names, once.
	 */
	void recognize() {
		for (String name : this.repository.findUndecided(ROLES.keySet())) {
			this.repository.find(name)
				.ifPresent((stored) -> this.repository.setDemo(name,
						stored.passwordHash() != null && this.hashing.matches(PASSWORD, stored.passwordHash())));
		}
	}

	/** Ends what they have left open, where the profile is not active any more. */
	void endSessions() {
		this.repository.findDemo().forEach((name) -> this.events.publishEvent(new CredentialsRevoked(name, null)));
	}

	/** Says that there are some, where the profile is not active. */
	void warn() {
		List<String> names = this.repository.findDemo();
		if (!names.isEmpty()) {
			logger.warn("The profile demo made the accounts {} with a password that everybody knows. They are refused "
					+ "until an administrator gives them another one.", names);
		}
	}

}
