package dev.usher.node;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

import dev.usher.bus.BusProperties;
import dev.usher.bus.BusProperties.Engine;
import dev.usher.bus.Incarnation;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.unit.DataSize;

/** Nodes on a database of a test. */
public final class TestNodes {

	private TestNodes() {
	}

	/** Registers one that others may live beside, on an embedded database too. */
	public static NodeLease start(JdbcTemplate template, @Nullable String name, Duration lease, Clock clock,
			DepartedNodes... holders) {
		return start(template, member(Engine.REDIS, name, 4), lease, clock, holders);
	}

	static Member member(Engine bus, @Nullable String name, int lanes) {
		return Member.starting(new Incarnation(new SecureRandom().nextLong()), name,
				new BusProperties(bus, "usher", lanes, DataSize.ofMegabytes(16)));
	}

	static NodeLease start(JdbcTemplate template, Member self, Duration lease, Clock clock, DepartedNodes... holders) {
		NodeLease node = new NodeLease(new NodeTable(template), false, self, lease, List.of(holders), clock);
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
