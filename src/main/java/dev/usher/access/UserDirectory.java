package dev.usher.access;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * Which users there are: those with an account here, and those that another issuer has
 * vouched for. Names of accounts are one in any case, all others are as they are written.
 */
public interface UserDirectory {

	/** Notes that a caller came. Any thread may call; never blocks. */
	void seen(Caller caller);

	/**
	 * The user of a name as far as it is in memory. Any thread may call; never blocks.
	 * @return null where it must be {@linkplain #find looked for}
	 */
	@Nullable User known(String name);

	/**
	 * Looks for the user of a name. Any thread may call; never blocks.
	 * @return never fails: a name that cannot be looked for in time is taken as it is.
	 * Completed on a thread that must not be blocked
	 */
	CompletionStage<User> find(String name);

	/** Whether a user of exactly this name came from elsewhere. Blocks. */
	boolean isForeign(String name);

	/**
	 * Who is meant by a name.
	 *
	 * @param name how it is spelt
	 * @param exists whether anybody has it
	 */
	record User(String name, boolean exists) {

	}

}
