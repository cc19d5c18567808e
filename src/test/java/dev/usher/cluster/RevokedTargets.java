package dev.usher.cluster;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** What it was given of revocations, in that order. */
class RevokedTargets implements PolledTable<String> {

	private final List<String> heard = new CopyOnWriteArrayList<>();

	private final AtomicInteger failures = new AtomicInteger();

	private Runnable failing = () -> {
	};

	/** Fails so often before it takes anything. */
	RevokedTargets failing(int times, Runnable how) {
		this.failing = how;
		this.failures.set(times);
		return this;
	}

	List<String> heard() {
		return this.heard;
	}

	@Override
	public String name() {
		return "revocations";
	}

	@Override
	public String columns() {
		return "target";
	}

	@Override
	public String read(ResultSet row) throws SQLException {
		return row.getString("target");
	}

	@Override
	public void apply(List<String> rows) {
		if (this.failures.getAndDecrement() > 0) {
			this.failing.run();
		}
		this.heard.addAll(rows);
	}

}
