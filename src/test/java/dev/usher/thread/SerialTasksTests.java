package dev.usher.thread;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Whose turn it is, on a thread that is run by hand and on several. */
class SerialTasksTests {

	private final Queue<Runnable> line = new ArrayDeque<>();

	private final SerialTasks tasks = new SerialTasks(this.line::add);

	private final List<String> ran = new ArrayList<>();

	private void add(String owner, String task) {
		this.tasks.execute(owner, () -> this.ran.add(owner + task));
	}

	private void runAll() {
		while (!this.line.isEmpty()) {
			this.line.remove().run();
		}
	}

	@Test
	void tasksWhenOneOwnerHasManyThenOthersHaveTheirTurnBetweenThem() {
		add("a", "1");
		add("a", "2");
		add("a", "3");
		add("b", "1");
		add("c", "1");
		assertThat(this.line).hasSize(3);
		runAll();
		assertThat(this.ran).containsExactly("a1", "b1", "c1", "a2", "a3");
	}

	@Test
	void tasksWhenOneFailsThenTheNextRunsAllTheSame() {
		this.tasks.execute("a", () -> {
			throw new IllegalStateException("thrown by a test");
		});
		add("a", "2");
		assertThatIllegalStateException().isThrownBy(this::runAll);
		runAll();
		assertThat(this.ran).containsExactly("a2");
		add("a", "3");
		runAll();
		assertThat(this.ran).containsExactly("a2", "a3");
	}

	@Test
	void taskWhenTheThreadsTakeNoneThenWhoAddsItIsToldAndTheOwnerCanComeAgain() {
		boolean[] full = { true };
		SerialTasks bounded = new SerialTasks((task) -> {
			if (full[0]) {
				throw new RejectedExecutionException("thrown by a test");
			}
			this.line.add(task);
		});
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> bounded.execute("a", () -> this.ran.add("lost")));
		full[0] = false;
		bounded.execute("a", () -> this.ran.add("taken"));
		runAll();
		assertThat(this.ran).containsExactly("taken");
	}

	@Test
	void tasksWhenAddedByManyAtOnceThenThoseOfOneOwnerRunInOrderAndNeverTogether() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(4);
		SerialTasks shared = new SerialTasks(threads);
		ConcurrentHashMap<String, List<Integer>> done = new ConcurrentHashMap<>();
		CountDownLatch all = new CountDownLatch(4 * 5_000);
		IntStream.range(0, 4).parallel().forEach((owner) -> {
			// Not safe for two threads, on purpose.
			List<Integer> own = new ArrayList<>();
			done.put("owner" + owner, own);
			for (int i = 0; i < 5_000; i++) {
				int number = i;
				shared.execute("owner" + owner, () -> {
					own.add(number);
					all.countDown();
				});
			}
		});
		assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
		threads.shutdown();
		done.values().forEach((own) -> assertThat(own).isEqualTo(IntStream.range(0, 5_000).boxed().toList()));
	}

}
