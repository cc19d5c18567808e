package dev.usher.bus.redis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** To how many channels Redis says that a connection has subscribed. */
final class ChannelCount {

	/** In the answer to CLIENT INFO. */
	private static final Pattern SUBSCRIBED = Pattern.compile("\\bsub=(\\d+)");

	private ChannelCount() {
	}

	/**
	 * What is wrong with the count.
	 * @param info the answer to CLIENT INFO; {@code null} where there was none
	 * @return {@code null} where it is the expected one
	 */
	static @Nullable String compare(@Nullable String info, int expected) {
		Matcher count = SUBSCRIBED.matcher(String.valueOf(info));
		if (!count.find()) {
			return "Redis does not say to how many channels this node has subscribed.";
		}
		return count.group(1).equals(String.valueOf(expected)) ? null
				: "Redis has subscribed this node to " + count.group(1) + " channels instead of " + expected + ".";
	}

}
