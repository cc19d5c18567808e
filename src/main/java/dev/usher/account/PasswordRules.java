package dev.usher.account;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TextRules;

import org.springframework.stereotype.Component;

/**
 * Which passwords may be set. Length and a list of the most common, no rules of
 * composition: those make passwords worse (NIST SP 800-63B, section 3.1.1.2).
 */
@Component
class PasswordRules {

	private final int minLength;

	private final Set<String> common;

	PasswordRules(PasswordProperties properties) {
		this.minLength = properties.minLength();
		this.common = readCommon();
	}

	private static Set<String> readCommon() {
		InputStream list = Objects.requireNonNull(PasswordRules.class.getResourceAsStream("common-passwords.txt"));
		try (BufferedReader reader = new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))) {
			return reader.lines().filter((line) -> !line.isEmpty()).collect(Collectors.toUnmodifiableSet());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Checks a password that is about to be set.
	 * @throws RefusedException {@link Reason#WEAK_PASSWORD}
	 */
	void check(String username, String password) {
		int length = password.codePointCount(0, password.length());
		if (length < this.minLength) {
			throw weak("The password must have at least " + this.minLength + " characters.");
		}
		if (length > PasswordProperties.MAX_LENGTH) {
			throw weak("The password must have at most " + PasswordProperties.MAX_LENGTH + " characters.");
		}
		if (TextRules.hasHalfPair(password)) {
			throw weak("The password holds half a surrogate pair, which is no character.");
		}
		if (password.equalsIgnoreCase(username)) {
			throw weak("The password must not be the username.");
		}
		if (this.common.contains(password.toLowerCase(Locale.ROOT))) {
			throw weak("This password is one of the most common.");
		}
	}

	private static RefusedException weak(String sentence) {
		return new RefusedException(Reason.WEAK_PASSWORD, sentence);
	}

}
