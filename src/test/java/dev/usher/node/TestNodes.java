package dev.usher.node;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import dev.usher.cluster.BusKind;
import dev.usher.cluster.ClusterProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/** Nodes on a database of a test. */
public final class TestNodes {

	private TestNodes() {
	}

	/** Registers one that others may live beside, on an embedded database too. */
	public static NodeLease start(JdbcTemplate template, @Nullable String name, Duration lease, Clock clock,
			DepartedNodes... holders) {
		return start(template, new ClusterProperties(BusKind.REDIS, "usher", name, 4), lease, clock, holders);
	}

	static NodeLease start(JdbcTemplate template, ClusterProperties properties, Duration lease, Clock clock,
			DepartedNodes... holders) {
		NodeLease node = new NodeLease(new NodeTable(template), false, properties, lease, List.of(holders), clock);
		node.afterPropertiesSet();
		return node;
	}

	/** As {@code kill -9} does. */
	public static void crash(NodeLease node) {
		node.stop();
	}

	/** Has the lease of a node be over. */
	public static void expire(JdbcTemplate template, String id) {
		template.update("UPDATE nodes SET lease_until = 0 WHERE incarnation = ?", id);
	}

}
