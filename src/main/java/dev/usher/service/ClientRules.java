package dev.usher.service;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import dev.usher.access.AccessRules;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TextRules;

/** How the id, the scopes and the patterns of a client may look. */
final class ClientRules {

	/** Not {@code .} and {@code ..}, which a path does not keep. */
	private static final Pattern ID = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}");

	private static final int MAX_PATTERNS = 100;

	/** They stand in every token of the client, which must fit into a header. */
	private static final int MAX_PATTERN_CHARACTERS = 4096;

	private ClientRules() {
	}

	static boolean isId(String id) {
		return ID.matcher(id).matches();
	}

	static void checkId(String id) {
		if (!isId(id)) {
			throw bad(
					"Member \"client_id\" has 1 to 64 characters: letters of a to z, digits and . _ -, not . or .. alone.");
		}
	}

	static void checkScopes(Set<String> scopes) {
		if (scopes.isEmpty() || !Scope.words().containsAll(scopes)) {
			throw bad("Member \"scopes\" must be a list of one or more of \"publish\" and \"admin\".");
		}
	}

	static void checkPatterns(List<String> patterns, Set<String> scopes) {
		if (!patterns.isEmpty() && !scopes.contains(Scope.PUBLISH.word())) {
			throw bad("Member \"publish\" means nothing without the scope \"publish\".");
		}
		if (patterns.size() > MAX_PATTERNS
				|| patterns.stream().mapToInt(String::length).sum() > MAX_PATTERN_CHARACTERS) {
			throw bad("Member \"publish\" has " + MAX_PATTERNS + " patterns at most, of " + MAX_PATTERN_CHARACTERS
					+ " characters together.");
		}
		for (String pattern : patterns) {
			try {
				AccessRules.checkPattern(pattern);
			}
			catch (IllegalArgumentException ex) {
				throw bad("Member \"publish\": " + ex.getMessage() + ".");
			}
			if (pattern.indexOf(' ') >= 0 || !TextRules.isPrintable(pattern)) {
				throw bad("Member \"publish\": a pattern has no blanks and no controls.");
			}
		}
	}

	static void checkCredentials(Client client) {
		if (client.secretHashes().size() > Client.MOST_SECRETS) {
			throw bad("A client has " + Client.MOST_SECRETS
					+ " secrets at most. Remove one by its id in \"remove_secrets\".");
		}
		if (client.secretHashes().isEmpty() && client.jwks() == null) {
			throw bad("A client must keep a secret or a key. Delete it if it shall have none.");
		}
	}

	static RefusedException bad(String sentence) {
		return new RefusedException(Reason.BAD_REQUEST, sentence);
	}

}
