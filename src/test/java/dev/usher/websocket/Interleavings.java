package dev.usher.websocket;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs the same few tasks again and again, in every order their steps can have. One task
 * runs at a time; where it says {@link #step()}, another may go on instead, and where it
 * says {@link #choose}, each of several things may happen. All combinations are tried,
 * those with more than a number of preemptions left out: to go on elsewhere where a task
 * ends costs none of them.
 */
final class Interleavings implements AutoCloseable {

	private static final int PATIENCE_SECONDS = 30;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final int preemptions;

	/**
	 * What was chosen so far and among how many, in this run and as a start of the next.
	 */
	private final List<int[]> choices = new ArrayList<>();

	private int chosen;

	private int preempted;

	private final List<Task> tasks = new ArrayList<>();

	private Task current;

	private final Semaphore ended = new Semaphore(0);

	private Throwable failure;

	Interleavings(int preemptions) {
		this.preemptions = preemptions;
	}

	/**
	 * Tries all of them.
	 * @param scenario begins its tasks with {@link #begin} and says what to check when
	 * all have ended
	 * @return how many there were
	 */
	int explore(Scenario scenario) throws InterruptedException {
		int runs = 0;
		do {
			this.chosen = 0;
			this.preempted = 0;
			this.tasks.clear();
			runs++;
			Runnable check = scenario.begin(this);
			try {
				run();
				check.run();
			}
			catch (AssertionError ex) {
				throw new AssertionError("run " + runs + ", choices " + described() + ": " + ex.getMessage(), ex);
			}
		}
		while (next());
		return runs;
	}

	/** What is tried; makes everything anew. */
	interface Scenario {

		Runnable begin(Interleavings interleavings);

	}

	private String described() {
		return this.choices.stream().map((choice) -> choice[0] + "/" + choice[1]).toList().toString();
	}

	/** Changes the last choice that leaves another, and forgets those after it. */
	private boolean next() {
		while (!this.choices.isEmpty()) {
			int[] last = this.choices.get(this.choices.size() - 1);
			if (++last[0] < last[1]) {
				return true;
			}
			this.choices.remove(this.choices.size() - 1);
		}
		return false;
	}

	/** One of so many, from 0. */
	int choose(int many) {
		if (many == 1) {
			return 0;
		}
		if (this.chosen == this.choices.size()) {
			this.choices.add(new int[] { 0, many });
		}
		int[] choice = this.choices.get(this.chosen++);
		if (choice[1] != many) {
			throw new AssertionError("the same choices led elsewhere");
		}
		return choice[0];
	}

	/** Adds a task, which goes on when its turn comes. May be called by a task. */
	void begin(String name, Runnable work) {
		Task task = new Task(name);
		this.tasks.add(task);
		this.threads.execute(() -> {
			task.await();
			try {
				work.run();
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
			this.tasks.remove(task);
			goOnElsewhere();
		});
	}

	private void run() throws InterruptedException {
		this.failure = null;
		goOnElsewhere();
		if (!this.ended.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
			throw new AssertionError("a task waits for one that is not running: " + this.current);
		}
		if (this.failure != null) {
			throw new AssertionError(this.failure.toString(), this.failure);
		}
	}

	/** A point where another task may go on. */
	void step() {
		Task me = this.current;
		if (this.preempted == this.preemptions || this.tasks.size() == 1) {
			return;
		}
		int choice = choose(this.tasks.size());
		if (choice > 0) {
			this.preempted++;
			List<Task> others = new ArrayList<>(this.tasks);
			others.remove(me);
			hand(others.get(choice - 1));
			me.await();
		}
	}

	private void goOnElsewhere() {
		if (this.tasks.isEmpty()) {
			this.ended.release();
		}
		else {
			hand(this.tasks.get(choose(this.tasks.size())));
		}
	}

	private void hand(Task next) {
		this.current = next;
		next.turn.release();
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
	}

	private static final class Task {

		private final String name;

		private final Semaphore turn = new Semaphore(0);

		Task(String name) {
			this.name = name;
		}

		void await() {
			this.turn.acquireUninterruptibly();
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
