package dev.usher.thread;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the gateway does by the clock goes on while an extension's scheduled work hangs.
 */
class SchedulingTests {

	@Test
	@Timeout(120)
	void schedulerWhenAnExtensionsTaskHangsThenOursRunsOn() throws Exception {
		Hanging hanging = new Hanging();
		try (HttpNode node = HttpNode.startWith(Store.EMBEDDED,
				(context) -> context.registerBean(Hanging.class, () -> hanging))) {
			String theirs = hanging.thread.get();
			CompletableFuture<String> ours = new CompletableFuture<>();
			node.bean(SchedulingConfiguration.SCHEDULER, TaskScheduler.class)
				.schedule(() -> ours.complete(Thread.currentThread().getName()), node.clock().instant());
			assertThat(ours.get()).startsWith("usher-scheduled-");
			assertThat(theirs).doesNotStartWith("usher-");
			hanging.release.countDown();
		}
	}

	@Test
	void methodsWhenScheduledThenNameOurScheduler() {
		List<JavaMethod> scheduled = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.withImportOption((location) -> !location.contains("/test/"))
			.importPackages("dev.usher")
			.stream()
			.flatMap((type) -> type.getMethods().stream())
			.filter((method) -> method.isAnnotatedWith(Scheduled.class))
			.toList();
		assertThat(scheduled).isNotEmpty()
			.allSatisfy((method) -> assertThat(method.getAnnotationOfType(Scheduled.class).scheduler())
				.as(method.getFullName())
				.isEqualTo(SchedulingConfiguration.SCHEDULER));
	}

	/** An extension's. */
	static class Hanging {

		private final CompletableFuture<String> thread = new CompletableFuture<>();

		private final CountDownLatch release = new CountDownLatch(1);

		@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
		void hang() throws InterruptedException {
			this.thread.complete(Thread.currentThread().getName());
			this.release.await();
		}

	}

}
