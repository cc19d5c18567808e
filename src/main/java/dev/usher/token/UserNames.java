package dev.usher.token;

import java.util.List;

import dev.usher.protocol.Destination;
import dev.usher.protocol.TextRules;
import dev.usher.protocol.TokenFault;

/**
 * What an issuer's users are called here.
 *
 * @param claim which one names them
 * @param prefix what is put in front
 * @param others prefixes of other issuers that begin with this one; their names are not
 * this issuer's to give
 */
record UserNames(ClaimPath claim, String prefix, List<String> others) {

	static final UserNames OWN = new UserNames(ClaimPath.SUBJECT, "", List.of());

	private static final String EMAIL = "email";

	String of(Claims claims) throws BadTokenException {
		String subject = claims.requiredId("sub");
		String given = this.claim.is("sub") ? subject : claimed(claims);
		String name = this.prefix + given;
		if (!TextRules.isVisible(given) || name.length() > Destination.MAX_USERNAME || !TextRules.isPrintable(name)) {
			throw new BadTokenException(TokenFault.SUBJECT, this.claim.text() + " is no name");
		}
		if (this.others.stream().anyMatch(name::startsWith)) {
			throw new BadTokenException(TokenFault.SUBJECT, this.claim.text() + " is a name of another issuer");
		}
		return name;
	}

	private String claimed(Claims claims) throws BadTokenException {
		Object value = claims.at(this.claim);
		if (!(value instanceof String name) || !TextRules.isVisible(name)) {
			throw new BadTokenException(TokenFault.USER_CLAIM,
					this.claim.text() + ((value == null) ? " is missing" : " is no string that could be a name"));
		}
		// An address that anybody can write into their own profile is somebody else's.
		if (this.claim.last().equals(EMAIL) && !claims.isTrue(this.claim.sibling("email_verified"))) {
			throw new BadTokenException(TokenFault.USER_CLAIM, "email_verified is not true");
		}
		return name;
	}

}
