package dev.usher.inbox.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import dev.usher.inbox.Lane;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LaneTests {

	/** What waits for the threads, which are this test's own. */
	private final Queue<Runnable> line = new ArrayDeque<>();

	private int places = Integer.MAX_VALUE;

	private final Executor threads = (task) -> {
		if (this.line.size() >= this.places) {
			throw new RejectedExecutionException();
		}
		this.line.add(task);
	};

	private final List<String> done = new ArrayList<>();

	private Runnable task(String name) {
		return () -> this.done.add(name);
	}

	private void runAll() {
		while (!this.line.isEmpty()) {
			this.line.remove().run();
		}
	}

	@Test
	void tasksWhenGivenInOneLaneThenTheyRunInOrderAndTakeOnePlace() {
		Lane lane = new Lane(this.threads);
		lane.execute(task("a"));
		lane.execute(task("b"));
		lane.execute(task("c"));
		assertThat(this.line).hasSize(1);
		runAll();
		assertThat(this.done).containsExactly("a", "b", "c");
		lane.execute(task("d"));
		runAll();
		assertThat(this.done).endsWith("d");
	}

	@Test
	void tasksWhenOneClientGivesManyThenAnotherWaitsForOneOfThem() {
		Lane many = new Lane(this.threads);
		for (int i = 0; i < 100; i++) {
			many.execute(task("many"));
		}
		new Lane(this.threads).execute(task("other"));
		runAll();
		assertThat(this.done.indexOf("other")).isEqualTo(1);
		assertThat(this.done).hasSize(101);
	}

	@Test
	void taskWhenItFailsThenThoseBehindItRun() {
		Lane lane = new Lane(this.threads);
		lane.execute(() -> {
			throw new AssertionError("on purpose");
		});
		lane.execute(task("a"));
		runAll();
		assertThat(this.done).containsExactly("a");
	}

	@Test
	void taskWhenTheLineIsFullThenItIsRefusedAndTheLaneGoesOnLater() {
		this.places = 0;
		Lane lane = new Lane(this.threads);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> lane.execute(task("a")));
		this.places = 1;
		lane.execute(task("b"));
		runAll();
		assertThat(this.done).containsExactly("b");
	}

	@Test
	void tasksWhenTheLineFillsUpBehindThemThenNoneIsLost() {
		Lane lane = new Lane(this.threads);
		lane.execute(task("a"));
		lane.execute(task("b"));
		Runnable run = this.line.remove();
		this.places = 0;
		run.run();
		assertThat(this.done).containsExactly("a", "b");
	}

}
