package dev.usher.account;

import java.util.Set;
import java.util.TreeSet;

import dev.usher.protocol.CheckedBody;
import dev.usher.protocol.MemberRules;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code PATCH /admin/accounts/{username}}; what is absent stays.
 *
 * @param disabled whether to keep them out
 * @param password their new password, or JSON's {@code null} to take theirs away
 * @param roles all their roles from now on
 */
record AccountChange(@Nullable Boolean disabled, @Nullable JsonNode password,
		@Nullable Set<String> roles) implements CheckedBody {

	@Override
	public void check() {
		if (this.disabled == null && givenPassword() == null && this.roles == null) {
			throw new RefusedException(Reason.BAD_REQUEST,
					"The body needs one of the members \"disabled\", \"password\" and \"roles\".");
		}
		MemberRules.strings("roles", this.roles);
	}

	/** The password they get, null where theirs stays. */
	@Nullable GivenPassword givenPassword() {
		return GivenPassword.of(this.password);
	}

	/** What it changes, in words without any secret. */
	String what() {
		StringBuilder what = new StringBuilder("change");
		what.append((this.disabled != null) ? (this.disabled ? " disabled" : " enabled") : "");
		GivenPassword given = givenPassword();
		what.append((given != null) ? ((given.text() != null) ? " password" : " without password") : "");
		what.append((this.roles != null) ? " roles " + new TreeSet<>(this.roles) : "");
		return what + " of";
	}

	/** Keeps the password out of logs. */
	@Override
	public String toString() {
		return "AccountChange[disabled=" + this.disabled + ", roles=" + this.roles + "]";
	}

}
