package dev.usher.account;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The member {@code password} of an administrator's request: a password, or {@code null}
 * for an account that has none.
 *
 * @param text the password, or null for none
 */
record GivenPassword(@Nullable String text) {

	/**
	 * Reads the member.
	 * @param member what stands there, or null where the member is absent
	 * @return null where the member is absent
	 */
	static @Nullable GivenPassword of(@Nullable JsonNode member) {
		if (member == null || member.isMissingNode()) {
			return null;
		}
		if (!member.isNull() && !member.isString()) {
			throw new RefusedException(Reason.BAD_REQUEST, "Member \"password\" is not of the right type.");
		}
		return new GivenPassword(member.isNull() ? null : member.stringValue());
	}

	/** Keeps the password out of logs. */
	@Override
	public String toString() {
		return "GivenPassword";
	}

}
