package dev.usher.bus;

import java.util.regex.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * How several nodes tell each other, {@code usher.cluster}.
 *
 * @param bus what carries it, {@code none} by default: a single node tells nobody
 * @param name what the names of channels begin with, {@code usher} by default
 * @param lanes connections to the engine of each direction, 4 by default, 64 at most; the
 * same on every node
 * @param publishQueue bytes that may wait for the engine, 16 MiB by default, a share of
 * them for each lane; the next entry stays on this node
 */
@ConfigurationProperties("usher.cluster")
public record BusProperties(@DefaultValue("none") Engine bus, @DefaultValue("usher") String name,
		@DefaultValue("4") int lanes, @DefaultValue("16MB") DataSize publishQueue) {

	/**
	 * The engine, before there are properties, and read as they are: one that they had
	 * and nobody brought would leave a node that others take for one of them.
	 * @return none also where the name is of none, which the properties then say
	 */
	public static Engine engine(Environment environment) {
		try {
			return Binder.get(environment).bind("usher.cluster.bus", Engine.class).orElse(Engine.NONE);
		}
		catch (BindException ex) {
			return Engine.NONE;
		}
	}

	/** What carries entries between nodes. */
	public enum Engine {

		/** Nothing: there is one node. */
		NONE,

		/** Redis, or what speaks as it does, such as Valkey. */
		REDIS

	}

	/** Part of the names of channels, and of the pattern in an access control list. */
	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

	private static final int MOST_LANES = 64;

	private static final DataSize LEAST_QUEUE = DataSize.ofMegabytes(1);

	private static final DataSize MOST_QUEUE = DataSize.ofGigabytes(1);

	public BusProperties {
		if (!NAME.matcher(name).matches()) {
			throw new IllegalArgumentException(
					"usher.cluster.name must be 1 to 64 letters, digits, dots, dashes and underscores, but is " + name);
		}
		if (lanes < 1 || lanes > MOST_LANES) {
			throw new IllegalArgumentException(
					"usher.cluster.lanes must be from 1 to " + MOST_LANES + ", but is " + lanes);
		}
		if (publishQueue.compareTo(LEAST_QUEUE) < 0 || publishQueue.compareTo(MOST_QUEUE) > 0) {
			throw new IllegalArgumentException(
					"usher.cluster.publish-queue must be from 1MB to 1GB, but is " + publishQueue.toBytes() + "B");
		}
	}

}
