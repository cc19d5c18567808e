package dev.usher.throttle;

/** Token buckets by name for attempts. Any thread may call. */
public interface AttemptBuckets {

	/**
	 * Takes a token from the bucket of a name.
	 * @return 0 if there was one, else the milliseconds until there is
	 * @throws org.springframework.dao.DataAccessException where the database that counts
	 * is away
	 */
	long take(String name);

	/** Returns a token to the bucket of a name, if that is still remembered. */
	void giveBack(String name);

	/** How many are remembered by this node. */
	long size();

}
