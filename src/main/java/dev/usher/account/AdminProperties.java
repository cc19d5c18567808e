package dev.usher.account;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The password of the first administrator, for installations that nobody watches. It
 * counts when the account is made and never again. Without either it is made up and shown
 * once.
 *
 * @param password {@code usher.admin.password}, the password itself
 * @param passwordFile {@code usher.admin.password-file}, a file that holds it on its
 * first line, such as a mounted secret
 */
@ConfigurationProperties("usher.admin")
record AdminProperties(@Nullable String password, @Nullable Path passwordFile) {

	AdminProperties {
		if (password != null && passwordFile != null) {
			throw new IllegalArgumentException(
					"usher.admin.password and usher.admin.password-file are both given, but one of them must do");
		}
	}

	/** Keeps the password out of logs. */
	@Override
	public String toString() {
		return "AdminProperties";
	}

}
