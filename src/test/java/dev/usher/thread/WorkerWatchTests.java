package dev.usher.thread;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Looked at by hand, so that nobody waits. */
@ExtendWith(OutputCaptureExtension.class)
class WorkerWatchTests {

	private final WorkerWatch watch = new WorkerWatch(new DefaultListableBeanFactory().getBeanProvider(Workers.class));

	private final AtomicBoolean busy = new AtomicBoolean(true);

	private final AtomicLong progress = new AtomicLong();

	private final List<Worker> workers = List
		.of(new Worker("the worker", Duration.ofSeconds(3), this.busy::get, this.progress::get));

	private Status look(int times) {
		for (int i = 0; i < times; i++) {
			this.watch.look(this.workers);
		}
		return this.watch.health().getStatus();
	}

	@Test
	void workerWhenItHasWorkAndNoProgressThenTheNodeIsNotReadyUntilItGoesOn(CapturedOutput output) {
		assertThat(look(4)).isEqualTo(Status.UP);
		assertThat(look(1)).isEqualTo(Status.DOWN);
		assertThat(look(10)).isEqualTo(Status.DOWN);
		assertThat(this.watch.health().getDetails()).isEmpty();
		assertThat(output.getAll().split("Thread the worker has not got on", -1)).hasSize(2);
		this.progress.incrementAndGet();
		assertThat(look(1)).isEqualTo(Status.UP);
		assertThat(output.getAll()).contains("Thread the worker gets on with its work again");
	}

	@Test
	void workerWhenItHasNoWorkThenItIsNotStuck() {
		this.busy.set(false);
		assertThat(look(20)).isEqualTo(Status.UP);
	}

	@Test
	void workerWhenEachPieceOfWorkTakesLongThenItIsNotStuck() {
		for (int i = 0; i < 10; i++) {
			assertThat(look(4)).isEqualTo(Status.UP);
			this.progress.incrementAndGet();
		}
	}

}
