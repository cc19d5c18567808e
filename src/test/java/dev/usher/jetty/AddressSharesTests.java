package dev.usher.jetty;

import java.util.ArrayList;
import java.util.List;

import dev.usher.jetty.AddressShares.Hold;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Who is cut when too much waits. */
class AddressSharesTests {

	private final AddressShares held = new AddressShares(1000, 300);

	private final List<String> cut = new ArrayList<>();

	private Hold hold(String holder, String name, int bytes) {
		Hold hold = this.held.hold(holder, () -> this.cut.add(name));
		hold.add(bytes);
		return hold;
	}

	@Test
	void holderWhenOverItsShareThenItsOldestIsCut() {
		hold("a", "a1", 200);
		hold("b", "b1", 200);
		hold("a", "a2", 100);
		assertThat(this.cut).isEmpty();
		hold("a", "a3", 50);
		assertThat(this.cut).containsExactly("a1");
		assertThat(this.held.total()).isEqualTo(350);
	}

	@Test
	void nodeWhenFullThenTheLargestHolderPaysAndNotTheNewcomer() {
		for (String holder : List.of("a", "b", "c")) {
			hold(holder, holder + "1", 150);
			hold(holder, holder + "2", 150);
		}
		hold("b", "b3", 0).subtract(0);
		hold("d", "d1", 100);
		assertThat(this.cut).isEmpty();
		hold("e", "e1", 1);
		assertThat(this.cut).hasSize(1).allMatch((name) -> name.matches("[abc]1"));
		assertThat(this.held.total()).isEqualTo(851);
	}

	@Test
	void holderWhenAProxyThenItHasNoShare() {
		for (int i = 0; i < 10; i++) {
			hold("", "p" + i, 100);
		}
		assertThat(this.cut).isEmpty();
		hold("", "p10", 100);
		assertThat(this.cut).containsExactly("p0");
	}

	@Test
	void holdWhenReleasedThenNothingIsLeftAndItHoldsNoMore() {
		Hold hold = hold("a", "a1", 200);
		hold.subtract(50);
		assertThat(this.held.total()).isEqualTo(150);
		hold.release();
		hold.add(100);
		hold.subtract(100);
		hold.release();
		assertThat(this.held.total()).isZero();
		assertThat(this.cut).isEmpty();
	}

	@Test
	void holdWhenLargerThanAllThereIsThenIsCutItself() {
		hold("a", "a1", 2000);
		assertThat(this.cut).containsExactly("a1");
		assertThat(this.held.total()).isZero();
	}

}
