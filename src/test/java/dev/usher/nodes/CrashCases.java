package dev.usher.nodes;

import org.junit.jupiter.api.Test;

/**
 * Under load: whatever was accepted arrives, in its order, and comes twice only with a
 * mark.
 */
abstract class CrashCases extends ClusterCases {

	private static final int BEFORE = Scale.of(200, 5_000);

	private static final int AFTER = Scale.of(200, 5_000);

	@Test
	void nodeWhenItIsKilledUnderLoadThenNothingAcceptedIsLost() {
		try (Load load = Load.start(this.cluster, "killed")) {
			load.awaitAccepted(BEFORE);
			this.c.kill();
			load.awaitAccepted(AFTER);
			load.stopAndCheck();
		}
		finally {
			this.c.launch().awaitUp();
		}
	}

	@Test
	void redisWhenItRestartsUnderLoadThenNothingAcceptedIsLost() {
		try (Load load = Load.start(this.cluster, "redis")) {
			load.awaitAccepted(BEFORE);
			this.cluster.redis().restart();
			load.awaitAccepted(AFTER);
			load.stopAndCheck();
		}
	}

	@Test
	void databaseWhenItRestartsUnderLoadThenNothingAcceptedIsLost() {
		try (Load load = Load.start(this.cluster, "database")) {
			load.awaitAccepted(BEFORE);
			this.cluster.postgres().stop();
			this.cluster.postgres().startAgain();
			load.awaitAccepted(AFTER);
			load.stopAndCheck();
		}
	}

}
