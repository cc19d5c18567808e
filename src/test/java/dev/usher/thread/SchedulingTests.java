package dev.usher.thread;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.zaxxer.hikari.HikariDataSource;
import dev.usher.testing.HttpNode;
import dev.usher.testing.LogReader;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.jdbc.core.JdbcTemplate;
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
	@Timeout(120)
	void taskWhenTheDatabaseIsAwayThenIsSaidInOneLineAndRunsAgain() throws Exception {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED); LogReader log = new LogReader()) {
			node.bean(HikariDataSource.class).close();
			CountDownLatch runs = new CountDownLatch(3);
			node.bean(SchedulingConfiguration.SCHEDULER, TaskScheduler.class).scheduleWithFixedDelay(() -> {
				runs.countDown();
				node.bean(JdbcTemplate.class).update("DELETE FROM revocations");
			}, Duration.ofMillis(10));
			runs.await();
			assertThat(log.lines()).filteredOn((line) -> line.contains("DELETE FROM") || line.contains("by the clock"))
				.isNotEmpty()
				.allSatisfy((line) -> assertThat(line).contains("has been closed").doesNotContain("\tat "));
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
