package dev.usher.nodes;

import java.util.List;

import dev.usher.testing.JavaProcess;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Three nodes that are replaced under load, one after the other, by the packaged gateway:
 * those of the release before it where {@code -Dcluster.earlier} names its jar, else its
 * own. Takes minutes, so it is left out of an ordinary run.
 */
@EnabledIf("isAsked")
class RollingIT {

	private static final @Nullable String EARLIER = System.getProperty("cluster.earlier");

	private static final int BETWEEN = Scale.of(200, 2_000);

	static boolean isAsked() {
		return EARLIER != null || Scale.FULL;
	}

	@Test
	void nodesWhenReplacedOneAfterTheOtherUnderLoadThenNothingAcceptedIsLost() {
		try (Cluster cluster = Cluster.start((EARLIER != null) ? EARLIER : JavaProcess.jar());
				Load load = Load.start(cluster, "rolling")) {
			for (ClusterNode node : List.of(cluster.c(), cluster.b(), cluster.a())) {
				load.awaitAccepted(BETWEEN);
				node.end();
				load.awaitAccepted(BETWEEN);
				node.launch().awaitUp();
				cluster.awaitWell();
			}
			load.awaitAccepted(BETWEEN);
			load.stopAndCheck();
		}
	}

}
