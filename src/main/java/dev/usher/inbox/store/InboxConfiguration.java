package dev.usher.inbox.store;

import dev.usher.inbox.LogDirectory;
import dev.usher.node.DrainListener;
import dev.usher.thread.Workers;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What others are told of the inbox, and what the inbox is told of the node. */
@Configuration(proxyBeanMethods = false)
class InboxConfiguration {

	@Bean
	Workers inboxWorkers(DatabaseInbox inbox) {
		return inbox::workers;
	}

	@Bean
	LogDirectory logDirectory(DatabaseInbox inbox) {
		return inbox.directory();
	}

	@Bean
	DrainListener inboxDrain(DatabaseInbox inbox) {
		return inbox::drain;
	}

	@Bean
	MeterBinder inboxMeters(DatabaseInbox inbox) {
		return inbox.meters();
	}

}
