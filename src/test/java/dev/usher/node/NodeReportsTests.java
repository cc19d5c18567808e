package dev.usher.node;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import dev.usher.inbox.store.TestDatabase;
import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What nodes say of themselves, and who is to drain, on both databases. */
class NodeReportsTests {

	private static final NodeReport WELL = new NodeReport(true, false, false, "up", -12, 7);

	@TempDir
	private Path folder;

	private TestDatabase database;

	private NodeReports reports;

	private NodeLease node;

	private void open(String kind) {
		this.database = (kind.equals("h2")) ? TestDatabase.h2(this.folder) : TestDatabase.postgres();
		this.reports = new NodeReports(this.database.template());
		this.node = TestNodes.start(this.database.template(), "one", Duration.ofHours(1),
				new MutableClock(Instant.now()));
	}

	@AfterEach
	void close() {
		this.node.destroy();
		this.database.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "postgres" })
	void reportWhenItIsWrittenThenIsReadAndTheStartStaysWhatItWas(String kind) {
		open(kind);
		assertThat(this.reports.all().get(0).report()).isNull();
		assertThat(this.reports.write(this.node.id(), WELL, Duration.ofMinutes(1))).isTrue();
		NodeReports.Row first = this.reports.all().get(0);
		assertThat(first.report()).isEqualTo(WELL);
		assertThat(first.alive()).isTrue();
		assertThat(first.reportedAt() - first.startedAt()).isEqualTo(60_000);
		NodeReport worse = new NodeReport(false, true, true, "down", 0, 0);
		assertThat(this.reports.write(this.node.id(), worse, Duration.ofHours(9))).isTrue();
		assertThat(this.reports.all()).singleElement().satisfies((row) -> {
			assertThat(row.report()).isEqualTo(worse);
			assertThat(row.startedAt()).isEqualTo(first.startedAt());
		});
		assertThat(this.reports.write("nobody", WELL, Duration.ZERO)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "postgres" })
	void drainWhenItIsAskedForThenTheNodeHearsOfItAlsoAfterItLostItsRow(String kind) {
		open(kind);
		assertThat(this.reports.isAskedToDrain(this.node.id())).isFalse();
		this.reports.askToDrain(this.node.id());
		this.reports.askToDrain(this.node.id());
		assertThat(this.reports.all()).singleElement().matches(NodeReports.Row::askedToDrain);
		this.database.template().update("DELETE FROM nodes");
		assertThat(this.reports.isAskedToDrain(this.node.id())).isTrue();
		assertThat(this.reports.isAskedToDrain("another")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "postgres" })
	void drainWhenItsNodeWentLongAgoThenIsForgotten(String kind) {
		open(kind);
		this.database.template().update("INSERT INTO node_drains (incarnation, asked_at) VALUES ('long-ago', 1)");
		this.database.template()
			.update("INSERT INTO node_drains (incarnation, asked_at) VALUES (?, 1)", this.node.id());
		this.reports.askToDrain("another");
		assertThat(this.reports.isAskedToDrain("long-ago")).isFalse();
		assertThat(this.reports.isAskedToDrain(this.node.id())).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "postgres" })
	void nodeWhenItIsOfTheReleaseBeforeThenIsListedWithoutAReport(String kind) {
		open(kind);
		this.database.template().update("INSERT INTO inbox_nodes (node, lease_until) VALUES ('old', 99999999999999)");
		NodeReports.Row old = this.reports.all().get(1);
		assertThat(old.member().isEarlier()).isTrue();
		assertThat(old.alive()).isTrue();
		assertThat(old.report()).isNull();
	}

}
