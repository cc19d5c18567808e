package dev.usher.inbox.store;

import dev.usher.thread.Workers;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What others are told of the inbox's threads. */
@Configuration(proxyBeanMethods = false)
class InboxConfiguration {

	@Bean
	Workers inboxWorkers(DatabaseInbox inbox) {
		return inbox::workers;
	}

}
