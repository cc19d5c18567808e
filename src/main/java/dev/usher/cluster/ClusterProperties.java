package dev.usher.cluster;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Several nodes that are one gateway, {@code usher.cluster.*}.
 *
 * @param bus what carries live messages between nodes, {@code none} by default, with
 * which a database has one node
 * @param name what the names on the bus begin with, {@code usher} by default
 * @param node a lasting name of this node, one of its own in the database; a random one
 * by default
 * @param lanes over how many connections the bus spreads its channels, 4 by default, the
 * same on all nodes
 */
@ConfigurationProperties("usher.cluster")
public record ClusterProperties(@DefaultValue("none") BusKind bus, @DefaultValue("usher") String name,
		@Nullable String node, @DefaultValue("4") int lanes) {

	private static final Pattern NODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,32}");

	private static final int MOST_LANES = 64;

	public ClusterProperties {
		if (!NAME.matcher(name).matches()) {
			throw new IllegalArgumentException(
					"usher.cluster.name must have 1 to 32 characters of A-Z a-z 0-9 . _ -, but is '" + name + "'");
		}
		if (node != null && !NODE.matcher(node).matches()) {
			throw new IllegalArgumentException(
					"usher.cluster.node must have 1 to 64 characters of A-Z a-z 0-9 . _ -, but is '" + node + "'");
		}
		if (lanes < 1 || lanes > MOST_LANES) {
			throw new IllegalArgumentException(
					"usher.cluster.lanes must be from 1 to " + MOST_LANES + ", but is " + lanes);
		}
	}

}
