package dev.usher.account;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PasswordHashingTests {

	/** One that cannot be read would be refused at once, and tell which names exist. */
	@Test
	void matchNobodyWhenAskedThenVerifiesAHashOfTheFormOfOurs() {
		RecordingHashing hashing = new RecordingHashing();
		hashing.matchNobody("any password");
		String nobody = hashing.hashes.get(0);
		assertThat(form(nobody)).isEqualTo(form(hashing.hash("any password")));
		assertThat(hashing.isOld(nobody)).isFalse();
		assertThat(hashing.matched).containsExactly(false);
	}

	@Test
	void matchNobodyWhenOfAnotherProcessThenVerifiesAnotherHash() {
		RecordingHashing one = new RecordingHashing();
		RecordingHashing other = new RecordingHashing();
		one.matchNobody("any password");
		other.matchNobody("any password");
		assertThat(one.hashes).doesNotContainAnyElementsOf(other.hashes);
	}

	/** Everything but the letters of the salt and of the outcome. */
	private static String form(String hash) {
		String[] parts = hash.split("\\$");
		assertThat(parts).hasSize(6);
		return String.join("$", List.of(parts).subList(0, 4)) + parts[4].replaceAll("[A-Za-z0-9+/]", "x")
				+ parts[5].replaceAll("[A-Za-z0-9+/]", "x");
	}

	private static final class RecordingHashing extends PasswordHashing {

		private final List<String> hashes = new ArrayList<>();

		private final List<Boolean> matched = new ArrayList<>();

		@Override
		boolean matches(String password, String hash) {
			this.hashes.add(hash);
			boolean matches = super.matches(password, hash);
			this.matched.add(matches);
			return matches;
		}

	}

}
