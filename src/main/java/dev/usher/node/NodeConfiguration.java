package dev.usher.node;

import java.time.Clock;
import java.util.List;

import dev.usher.bus.BusProperties;
import dev.usher.bus.Incarnation;
import dev.usher.cluster.ClusterProperties;
import dev.usher.inbox.InboxProperties;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * This node, and what is told of it: whether its clock is fit, how many nodes there are.
 */
@Configuration(proxyBeanMethods = false)
class NodeConfiguration {

	@Bean
	NodeLease nodeLease(JdbcTemplate template, Incarnation incarnation, ClusterProperties properties, BusProperties bus,
			InboxProperties inbox, List<DepartedNodes> holders, Clock clock) {
		NodeTable table = new NodeTable(template);
		Member self = Member.starting(incarnation, named(properties, inbox), bus);
		return new NodeLease(table, table.embedded(), self, inbox.lease(), holders, clock);
	}

	/** The name of the node had another property before there were clusters. */
	private static @Nullable String named(ClusterProperties properties, InboxProperties inbox) {
		if (inbox.node() == null || inbox.node().equals(properties.node())) {
			return properties.node();
		}
		if (properties.node() != null) {
			throw new IllegalArgumentException("usher.inbox.node is the former name of usher.cluster.node: " + "'"
					+ inbox.node() + "' and '" + properties.node() + "' cannot both be this node's");
		}
		return inbox.node();
	}

	/** Part of readiness: what a node with a wrong clock expires, others still keep. */
	@Bean
	HealthIndicator clockHealthIndicator(NodeLease node) {
		return () -> (node.skew().isUnfit()) ? Health.down().build() : Health.up().build();
	}

	@Bean
	NodeReports nodeReports(JdbcTemplate template) {
		return new NodeReports(template);
	}

	/** Part of readiness: a node that drains is to get no new clients. */
	@Bean
	HealthIndicator drainHealthIndicator(Draining draining) {
		return () -> (draining.isBegun()) ? Health.outOfService().build() : Health.up().build();
	}

	/** As the manifest of the jar has it; classes that are in none are of no release. */
	private static String version() {
		String version = NodeConfiguration.class.getPackage().getImplementationVersion();
		return (version != null) ? version : "unpackaged";
	}

	@Bean
	MeterBinder nodeMeters(NodeLease node, Draining draining) {
		return (registry) -> {
			Gauge.builder("usher.draining", draining, (each) -> (each.isBegun()) ? 1 : 0)
				.description("1 while this node sends its clients away, else 0")
				.register(registry);
			Gauge.builder("usher.build.info", () -> 1)
				.description("1, with the release and the version of Java as labels")
				.tags("version", version(), "java", Runtime.version().toString())
				.register(registry);
			Gauge.builder("usher.nodes", node, (each) -> each.living().size())
				.description("Nodes that live, this one too")
				.register(registry);
			Gauge.builder("usher.clock.skew", node, (each) -> each.skew().seconds())
				.description("By how much this node's clock is ahead of the database's")
				.baseUnit("seconds")
				.register(registry);
		};
	}

}
