package dev.usher.service;

import java.time.Clock;
import java.util.List;
import java.util.Set;

import dev.usher.storage.Database;
import dev.usher.token.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * A service to try things with, under the profile {@code demo}. On another database than
 * the embedded one the accounts of the demo stop the start.
 */
@Component
@Profile("demo")
class DemoClient implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(DemoClient.class);

	static final String ID = "demo-service";

	private static final String SECRET = "wonderland";

	private final ClientRepository repository;

	private final Database database;

	private final Clock clock;

	DemoClient(ClientRepository repository, Database database, Clock clock) {
		this.repository = repository;
		this.database = database;
		this.clock = clock;
	}

	/** Whether a client has the secret that everybody knows. */
	static boolean isOfTheDemo(Client client) {
		return client.secretHashes().contains(Secret.hash(SECRET));
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.database.embedded()) {
			this.repository.insert(new Client(ID, List.of(Secret.hash(SECRET)), null, Set.of(Scope.PUBLISH.word()),
					List.of(), this.clock.instant()));
			logger.warn("Profile demo: there is a service {} with a secret that everybody knows.", ID);
		}
	}

}
