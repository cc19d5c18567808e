package dev.usher.bus;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** When publishing begins. */
class SendTurnTests {

	private final List<String> started = new ArrayList<>();

	private final Runnable one = () -> this.started.add("one");

	private final Runnable other = () -> this.started.add("other");

	private final SendTurn turn = SendTurn.current();

	@Test
	void sentWhenOutsideOfATurnThenItBeginsAtOnce() {
		this.turn.sent(this.one);
		assertThat(this.started).containsExactly("one");
	}

	@Test
	void sentWhenInATurnThenItBeginsOnceForEachAtTheEndOfTheOutermost() {
		this.turn.begin();
		this.turn.begin();
		this.turn.sent(this.one);
		this.turn.sent(this.other);
		this.turn.sent(this.one);
		this.turn.end();
		assertThat(this.started).isEmpty();
		this.turn.end();
		assertThat(this.started).containsExactly("one", "other");
		this.turn.begin();
		this.turn.end();
		assertThat(this.started).hasSize(2);
	}

	@Test
	void sentWhenATurnSendsMuchThenItDoesNotWaitForTheEnd() {
		this.turn.begin();
		for (int i = 0; i < 100; i++) {
			this.turn.sent(this.one);
		}
		assertThat(this.started).containsExactly("one");
		this.turn.end();
		assertThat(this.started).containsExactly("one", "one");
	}

}
