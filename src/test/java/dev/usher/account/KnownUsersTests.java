package dev.usher.account;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.UserDirectory.User;
import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is remembered of users, and for how long. */
class KnownUsersTests {

	private final MutableClock clock = new MutableClock();

	private final Deque<CompletableFuture<User>> asked = new ArrayDeque<>();

	private final KnownUsers users = new KnownUsers(new Lookups(), null, null, this.clock, this.clock::nanos);

	private CompletionStage<User> find(String name) {
		return this.users.find(name);
	}

	private void answer(String name, boolean exists) {
		this.asked.remove().complete(new User(name, exists));
	}

	private void remember(String name, String found, boolean exists) {
		find(name);
		answer(found, exists);
		assertThat(this.users.known(name)).isEqualTo(new User(found, exists));
	}

	@Test
	void userWhenFoundThenIsKnownForTenMinutesWhateverTheClockIsSetTo() {
		remember("ann", "ann", true);
		this.clock.advance(Duration.ofMinutes(9));
		this.clock.set(this.clock.instant().minus(Duration.ofHours(5)));
		assertThat(this.users.known("ann")).isNotNull();
		this.clock.advance(Duration.ofMinutes(2));
		assertThat(this.users.known("ann")).isNull();
	}

	@Test
	void userWhenNotFoundThenIsUnknownForHalfAMinute() {
		remember("ann", "ann", false);
		this.clock.advance(Duration.ofSeconds(31));
		assertThat(this.users.known("ann")).isNull();
	}

	@Test
	void userWhenTheAccountIsRemovedOrMadeThenIsLookedForAgainInEachSpelling() {
		remember("ann", "ann", true);
		remember("ANN", "ann", true);
		remember("ben", "ben", true);
		this.users.onChanged(List.of("Ann"));
		assertThat(this.users.known("ann")).isNull();
		assertThat(this.users.known("ANN")).isNull();
		assertThat(this.users.known("ben")).isNotNull();
		this.users.changed("ben");
		assertThat(this.users.known("ben")).isNull();
	}

	@Test
	void userWhenTheAccountIsRemovedWhileItIsLookedForThenWhatWasReadBeforeIsNotRemembered() {
		CompletionStage<User> found = find("ann");
		this.users.onChanged(List.of("ann"));
		answer("ann", true);
		assertThat(found).isCompletedWithValue(new User("ann", true));
		assertThat(this.users.known("ann")).isNull();
		remember("ann", "ann", false);
	}

	/** Answers when it is told to. */
	private final class Lookups extends UserLookups {

		private Lookups() {
			super(null, null);
		}

		@Override
		CompletionStage<User> find(String name) {
			CompletableFuture<User> answer = new CompletableFuture<>();
			KnownUsersTests.this.asked.add(answer);
			return answer;
		}

	}

}
