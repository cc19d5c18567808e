package dev.usher.service;

import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Removes the service of the profile {@code demo} where the profile is not active, before
 * the first request is taken. Everybody knows its secret, by which it is told from a
 * client of the same id that an administrator has made. Its tokens die with it; the
 * profile makes it anew.
 */
@Component
@Profile("!demo")
class DemoClientRemoval implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(DemoClientRemoval.class);

	private final ClientRepository repository;

	private final Clients clients;

	DemoClientRemoval(ClientRepository repository, Clients clients) {
		this.repository = repository;
		this.clients = clients;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Optional<Client> client = this.repository.find(DemoClient.ID).filter(DemoClient::isOfTheDemo);
		if (client.isPresent()) {
			this.clients.delete(DemoClient.ID);
			logger.warn("Removed the service {}, which the profile demo made with a secret that everybody knows.",
					DemoClient.ID);
		}
	}

}
