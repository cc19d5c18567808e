package dev.usher.socket;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Whose word for a message is taken, and for how much. */
class HandedOutTests {

	/** As many acknowledged messages as are remembered to have come more than once. */
	private static final int REMEMBERED = 256;

	private final HandedOut handedOut = new HandedOut();

	private static String id(long offset) {
		return "epoch-" + offset;
	}

	private void add(long... offsets) {
		for (long offset : offsets) {
			this.handedOut.add(id(offset));
		}
	}

	@Test
	void messageWhenTakenThenGoesAloneAndOnce() {
		add(1, 2, 3);
		assertThat(this.handedOut.take(id(2), false)).containsExactly(2L);
		assertThat(this.handedOut.take(id(2), false)).isNull();
		assertThat(this.handedOut.take(id(4), false)).isNull();
		assertThat(this.handedOut.size()).isEqualTo(2);
	}

	@Test
	void messagesWhenTakenThroughOneThenThoseBeforeItGoInTheOrderTheyCame() {
		add(1, 3, 2, 4);
		assertThat(this.handedOut.take(id(2), true)).containsExactly(1L, 3L, 2L);
		assertThat(this.handedOut.take(id(3), true)).isNull();
		assertThat(this.handedOut.take(id(4), true)).containsExactly(4L);
		assertThat(this.handedOut.size()).isZero();
	}

	@Test
	void messageWhenItComesAgainThenKeepsItsPlaceAndCountsOnce() {
		assertThat(this.handedOut.add(id(1))).isTrue();
		assertThat(this.handedOut.add(id(2))).isTrue();
		assertThat(this.handedOut.add(id(1))).isFalse();
		assertThat(this.handedOut.size()).isEqualTo(2);
		assertThat(this.handedOut.take(id(1), true)).containsExactly(1L);
		assertThat(this.handedOut.size()).isOne();
	}

	@Test
	void copiesWhenTheirMessageIsTakenThenEachIsUnderstoodOnceAndCoversNothing() {
		add(1, 1, 1, 2);
		assertThat(this.handedOut.take(id(2), true)).containsExactly(1L, 2L);
		add(3);
		assertThat(this.handedOut.take(id(1), true)).isEmpty();
		assertThat(this.handedOut.take(id(1), false)).isEmpty();
		assertThat(this.handedOut.take(id(1), false)).isNull();
		assertThat(this.handedOut.size()).isOne();
	}

	@Test
	void copiesWhenOfTooManyMessagesThenTheOldestAreForgotten() {
		for (int offset = 1; offset <= REMEMBERED + 1; offset++) {
			add(offset, offset);
			this.handedOut.take(id(offset), false);
		}
		assertThat(this.handedOut.take(id(1), false)).isNull();
		for (int offset = 2; offset <= REMEMBERED + 1; offset++) {
			assertThat(this.handedOut.take(id(offset), false)).isEmpty();
		}
	}

	@Test
	void messagesWhenClearedThenNoneIsKnownAndNoCopy() {
		add(1, 1, 2);
		this.handedOut.take(id(1), false);
		this.handedOut.clear();
		assertThat(this.handedOut.take(id(1), false)).isNull();
		assertThat(this.handedOut.take(id(2), false)).isNull();
		assertThat(this.handedOut.size()).isZero();
	}

}
