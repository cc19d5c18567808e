package dev.usher.account;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;

import dev.usher.protocol.RefusedException;
import dev.usher.storage.StorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * The password of the first administrator: the one that {@code usher.admin} gives, which
 * is shown nowhere, or one that is made up and shown once. Used once, while the gateway
 * starts.
 */
@Component
class FirstPassword {

	private static final Logger logger = LoggerFactory.getLogger(FirstPassword.class);

	/** 144 bits; a multiple of three bytes, so that no padding shows. */
	private static final int PASSWORD_BYTES = 18;

	private final AdminProperties properties;

	private final PasswordRules rules;

	private final PasswordHashing hashing;

	private @Nullable String generated;

	FirstPassword(AdminProperties properties, PasswordRules rules, PasswordHashing hashing) {
		this.properties = properties;
		this.rules = rules;
		this.hashing = hashing;
	}

	/**
	 * Hashes the password that the operator gave, or a random one that it shows once.
	 * @throws StorageException where the one that was given cannot be read or is against
	 * the rules
	 */
	String hash(String username) {
		String given = given();
		if (given != null) {
			check(username, given);
			return this.hashing.hash(given);
		}
		byte[] bytes = new byte[PASSWORD_BYTES];
		new SecureRandom().nextBytes(bytes);
		this.generated = Base64.getUrlEncoder().encodeToString(bytes);
		return this.hashing.hash(this.generated);
	}

	private @Nullable String given() {
		Path file = this.properties.passwordFile();
		if (file == null) {
			return this.properties.password();
		}
		try (BufferedReader lines = Files.newBufferedReader(file)) {
			return Objects.requireNonNullElse(lines.readLine(), "");
		}
		catch (IOException ex) {
			throw new StorageException(
					"The file " + file + " of usher.admin.password-file "
							+ ((ex instanceof NoSuchFileException) ? "is not there." : "cannot be read."),
					"Put the password of the first administrator on its first line, readable by this process.");
		}
	}

	/** The sentence of a rule never shows the password. */
	private void check(String username, String given) {
		try {
			this.rules.check(username, given);
		}
		catch (RefusedException ex) {
			String property = (this.properties.passwordFile() != null) ? "usher.admin.password-file"
					: "usher.admin.password";
			throw new StorageException("The password of " + property + " cannot be taken. " + ex.text(),
					"Give another one.");
		}
	}

	/** Says that the account is there. */
	void show(String username) {
		if (this.generated == null) {
			logger.info("Made the first account, {}, with the password that usher.admin gives", username);
			return;
		}
		// Not through a logger: those write to files.
		System.out.printf("%n  The first account: username %s, password %s%n"
				+ "  It is shown this once. Change it with POST /auth/password.%n%n", username, this.generated);
		System.out.flush();
		this.generated = null;
	}

}
