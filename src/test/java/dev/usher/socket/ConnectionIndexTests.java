package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Finds the connections of a key, however many they are. */
class ConnectionIndexTests {

	private final ConnectionIndex<Integer> index = new ConnectionIndex<>();

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 32, 33, 34, 100 })
	void keyWhenItsConnectionsComeAndGoThenTheOthersAreFoundOldestFirst(int count) {
		List<Integer> there = new ArrayList<>();
		Random random = new Random(count);
		for (int i = 0; i < count; i++) {
			this.index.add("ann", i);
			there.add(i);
			check(there);
		}
		this.index.add("ben", -1);
		while (!there.isEmpty()) {
			Integer gone = there.remove(random.nextInt(there.size()));
			this.index.remove("ann", gone);
			check(there);
		}
		assertThat(this.index.size()).isEqualTo(1);
		assertThat(this.index.all("ben")).containsExactly(-1);
	}

	private void check(List<Integer> there) {
		assertThat(this.index.all("ann")).isEqualTo(there);
		assertThat(this.index.count("ann")).isEqualTo(there.size());
		assertThat(this.index.oldest("ann")).isEqualTo((there.isEmpty()) ? null : there.get(0));
	}

	@Test
	void connectionWhenItIsNotThereThenNothingIsTakenOut() {
		this.index.remove("ann", 1);
		this.index.add("ann", 1);
		this.index.remove("ann", 2);
		assertThat(this.index.all("ann")).containsExactly(1);
	}

	@Test
	void keyWhenManyThreadsAddAndRemoveThenThoseWhoStayAreThere() {
		CompletableFuture<?>[] threads = IntStream.range(0, 8).mapToObj((thread) -> CompletableFuture.runAsync(() -> {
			for (int i = 0; i < 2000; i++) {
				int connection = thread * 2000 + i;
				this.index.add("ann", connection);
				if (i % 100 != 0) {
					this.index.remove("ann", connection);
				}
			}
		})).toArray(CompletableFuture[]::new);
		CompletableFuture.allOf(threads).join();
		assertThat(this.index.all("ann")).hasSize(8 * 20).doesNotHaveDuplicates();
	}

}
