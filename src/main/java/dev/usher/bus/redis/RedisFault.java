package dev.usher.bus.redis;

import java.net.UnknownHostException;
import java.util.Locale;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with Redis, as a sentence for whoever operates it. Nothing of the failure
 * itself is shown: it may quote a password.
 */
final class RedisFault {

	private static final int DEEPEST_CAUSE = 20;

	private final String where;

	private final String channels;

	/**
	 * @param where its host and port
	 * @param channels the pattern of the channels in an access control list
	 */
	RedisFault(String where, String channels) {
		this.where = where;
		this.channels = channels;
	}

	/** Describes a failure to connect or the refusal of a command. */
	String sentence(@Nullable Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; i < DEEPEST_CAUSE && cause != null; i++) {
			String sentence = known(cause);
			if (sentence != null) {
				return sentence;
			}
			cause = cause.getCause();
		}
		return "Redis at " + this.where + " cannot be reached.";
	}

	private @Nullable String known(Throwable cause) {
		String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
		if (text.contains("noperm")) {
			return "Redis at " + this.where + " does not give its user the rights the bus needs: the channels "
					+ this.channels + " and the commands publish, subscribe, unsubscribe and client|info.";
		}
		if (text.contains("noauth") || text.contains("wrongpass") || text.contains("invalid password")) {
			return "Redis at " + this.where + " refuses the user or the password of spring.data.redis.";
		}
		if (text.contains("unknown command") || text.contains("unknown subcommand") || text.contains("noproto")) {
			return "Redis at " + this.where + " is too old for the bus, which needs 6.2 or later.";
		}
		if (text.contains("max number of clients")) {
			return "Redis at " + this.where + " has no room for more connections; raise its maxclients.";
		}
		if (cause instanceof SSLException || text.contains("not an ssl/tls record")) {
			return "Redis at " + this.where + " cannot be spoken to over TLS; see spring.data.redis.ssl.";
		}
		if (cause instanceof UnknownHostException) {
			return "The host of Redis at " + this.where + " is unknown.";
		}
		return null;
	}

}
