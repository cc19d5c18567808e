package dev.usher.bus.redis;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.lettuce.core.RedisURI;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.util.StringUtils;

/**
 * Where the Redis of {@code spring.data.redis} is and how to log in: a host, or the
 * sentinels that know it. A database is not chosen, as channels belong to none.
 *
 * @param uri as Lettuce wants it
 * @param shown host and port, without secrets
 * @param hosts all that are connected to
 */
record RedisAddress(RedisURI uri, String shown, List<String> hosts) {

	/** Longer than a handshake takes, and no longer than a lane may be silent. */
	private static final Duration PATIENCE = Duration.ofSeconds(3);

	private static final int SENTINEL_PORT = 26379;

	/**
	 * Reads the properties.
	 * @throws BusException where they cannot be what is meant
	 */
	static RedisAddress of(DataRedisProperties properties) {
		if (properties.getCluster() != null || properties.getMasterreplica() != null) {
			throw new BusException("The bus does not speak to a Redis Cluster or to replicas yet.",
					"Name one Redis by spring.data.redis.host and spring.data.redis.port, or the sentinels that know "
							+ "it by spring.data.redis.sentinel.master and spring.data.redis.sentinel.nodes.");
		}
		RedisURI uri = (properties.getSentinel() != null) ? bySentinel(properties, properties.getSentinel())
				: byHost(properties);
		uri.setDatabase(0);
		uri.setTimeout((properties.getTimeout() != null) ? properties.getTimeout() : PATIENCE);
		if (properties.getSsl().isEnabled()) {
			uri.setSsl(true);
			uri.getSentinels().forEach((each) -> each.setSsl(true));
		}
		if (properties.getClientName() != null) {
			uri.setClientName(properties.getClientName());
		}
		List<String> hosts = new ArrayList<>();
		if (uri.getSentinels().isEmpty()) {
			hosts.add(uri.getHost());
			return new RedisAddress(uri, uri.getHost() + ":" + uri.getPort(), hosts);
		}
		uri.getSentinels().forEach((each) -> hosts.add(each.getHost()));
		return new RedisAddress(uri, "the sentinels of " + uri.getSentinelMasterId(), hosts);
	}

	/** Until a connection must be open. */
	static Duration connectTimeout(DataRedisProperties properties) {
		return (properties.getConnectTimeout() != null) ? properties.getConnectTimeout() : PATIENCE;
	}

	private static RedisURI byHost(DataRedisProperties properties) {
		if (StringUtils.hasText(properties.getUrl())) {
			return byUrl(properties.getUrl());
		}
		RedisURI uri = byHost(properties.getHost(), properties.getPort());
		logIn(uri, properties.getUsername(), properties.getPassword());
		return uri;
	}

	private static RedisURI byHost(String host, int port) {
		try {
			return RedisURI.create(host.strip(), port);
		}
		catch (IllegalArgumentException ex) {
			throw new BusException(
					"spring.data.redis.host and spring.data.redis.port cannot be '" + host + "' and " + port + ".",
					"Write them as 10.0.0.1 and 6379.");
		}
	}

	private static RedisURI byUrl(String url) {
		try {
			RedisURI uri = RedisURI.create(url);
			if (StringUtils.hasText(uri.getHost())) {
				return uri;
			}
		}
		catch (IllegalArgumentException ex) {
			// It may hold a password, and the failure quotes it.
		}
		throw new BusException("spring.data.redis.url cannot be read.",
				"Write redis://user:password@host:6379, or rediss:// for TLS.");
	}

	private static RedisURI bySentinel(DataRedisProperties properties, DataRedisProperties.Sentinel sentinel) {
		List<String> nodes = sentinel.getNodes();
		if (!StringUtils.hasText(sentinel.getMaster()) || nodes == null || nodes.isEmpty()) {
			throw new BusException("The sentinels of Redis need a name and addresses.",
					"Give spring.data.redis.sentinel.master and spring.data.redis.sentinel.nodes, such as "
							+ "10.0.0.1:26379,10.0.0.2:26379.");
		}
		RedisURI uri = new RedisURI();
		uri.setSentinelMasterId(sentinel.getMaster());
		logIn(uri, properties.getUsername(), properties.getPassword());
		for (String node : nodes) {
			RedisURI each = at(node.strip());
			logIn(each, sentinel.getUsername(), sentinel.getPassword());
			each.setTimeout(PATIENCE);
			uri.getSentinels().add(each);
		}
		return uri;
	}

	private static RedisURI at(String node) {
		int colon = node.lastIndexOf(':');
		boolean hasPort = colon > 0 && node.indexOf(']') < colon && node.indexOf(':') == colon || node.contains("]:");
		try {
			String host = (hasPort) ? node.substring(0, colon) : node;
			int port = (hasPort) ? Integer.parseInt(node.substring(colon + 1)) : SENTINEL_PORT;
			return RedisURI.create(host.replaceAll("[\\[\\]]", ""), port);
		}
		catch (IllegalArgumentException ex) {
			throw new BusException("spring.data.redis.sentinel.nodes must be hosts and ports, but has " + node + ".",
					"Write them as 10.0.0.1:26379,10.0.0.2:26379.");
		}
	}

	private static void logIn(RedisURI uri, @Nullable String username, @Nullable String password) {
		if (StringUtils.hasLength(password)) {
			char[] secret = password.toCharArray();
			uri.setCredentialsProvider(
					(StringUtils.hasLength(username)) ? new io.lettuce.core.StaticCredentialsProvider(username, secret)
							: new io.lettuce.core.StaticCredentialsProvider(null, secret));
		}
	}

	/** Whether passwords and messages cross a network for everybody to read. */
	boolean isPlainOffLoopback() {
		return !this.uri.isSsl() && !this.hosts.stream().allMatch(RedisAddress::isLoopback);
	}

	private static boolean isLoopback(String host) {
		try {
			return InetAddress.getByName(host).isLoopbackAddress();
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

}
