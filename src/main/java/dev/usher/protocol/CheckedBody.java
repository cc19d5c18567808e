package dev.usher.protocol;

/**
 * A request's body whose members have rules. They are looked at when all of it has been
 * read: of a member that is misspelt and one that is missing the first is named, as it is
 * the mistake.
 */
public interface CheckedBody {

	/**
	 * Looks whether the members are what the call can take.
	 * @throws RefusedException {@link Reason#BAD_REQUEST} naming the member
	 */
	void check();

}
