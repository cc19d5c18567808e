package dev.usher.service;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.usher.access.Caller;

/** What a service may be allowed. */
enum Scope {

	/** To publish, everywhere or where its patterns say. */
	PUBLISH(Set.of()),

	/** To use the calls under {@code /admin}. */
	ADMIN(Set.of(Caller.ADMIN));

	private final Set<String> roles;

	Scope(Set<String> roles) {
		this.roles = roles;
	}

	/** The roles it gives. */
	Set<String> roles() {
		return this.roles;
	}

	/** Its word in {@code scope}. */
	String word() {
		return name().toLowerCase(Locale.ROOT);
	}

	static Optional<Scope> of(String word) {
		return Arrays.stream(values()).filter((scope) -> scope.word().equals(word)).findFirst();
	}

	/** All words there are. */
	static Set<String> words() {
		return Arrays.stream(values()).map(Scope::word).collect(Collectors.toUnmodifiableSet());
	}

}
