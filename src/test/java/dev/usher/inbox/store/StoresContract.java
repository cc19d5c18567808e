package dev.usher.inbox.store;

import java.nio.file.Path;
import java.time.Instant;

import dev.usher.protocol.PublisherId;
import dev.usher.testing.MutableClock;
import dev.usher.testing.Postgres;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds on every database alike: each test has one, and opens an inbox over it. */
@ParameterizedClass
@EnumSource(Store.class)
abstract class StoresContract {

	final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T12:00:00Z"));

	@Parameter
	Store store;

	@TempDir
	private Path folder;

	TestDatabase database;

	DatabaseInbox inbox;

	@BeforeEach
	void openDatabase() {
		this.database = TestDatabase
			.of((this.store == Store.EMBEDDED) ? TestDatabase.h2Url(this.folder) : Postgres.newMigratedDatabase());
	}

	@AfterEach
	void close() {
		this.inbox.destroy();
		this.database.close();
	}

	void open(String... settings) {
		this.inbox = Inboxes.start(this.database, this.clock, settings);
	}

	void reopen(String... settings) {
		this.inbox.destroy();
		open(settings);
	}

	static PublisherId publisher(String name) {
		return new PublisherId("usher", name);
	}

	long count(String sql) {
		Long count = this.database.template().queryForObject(sql, Long.class);
		return (count != null) ? count : 0;
	}

}
