package dev.usher.presence;

import dev.usher.bus.Bus;
import dev.usher.bus.Incarnation;
import dev.usher.cluster.Changes;
import dev.usher.node.NodeLease;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Whether there can be other nodes, and with them others who count. */
@Configuration(proxyBeanMethods = false)
class PresenceConfiguration {

	@Bean
	Patience presencePatience() {
		return Patience.USUAL;
	}

	@Bean
	ConnectionRows connectionRows(JdbcTemplate template, Incarnation incarnation, Patience patience) {
		return new ConnectionRows(template, incarnation.text(), patience);
	}

	@Bean
	Presence presence(Bus bus, NodeLease node, Changes changes, Incarnation incarnation, ConnectionRows rows,
			Patience patience) {
		boolean shared = bus.reachesOthers() && changes.shared() && !node.isAlone();
		return (shared) ? new SharedPresence(bus, node, incarnation, rows, patience.connect()) : Presence.ofOneNode();
	}

	@Bean
	DepartedConnections departedConnections(Changes changes, ConnectionRows rows) {
		return new DepartedConnections(changes, rows);
	}

}
