package dev.usher.nodes;

import org.junit.jupiter.api.AfterEach;

/** What all cases have: the three nodes, which each case leaves well. */
abstract class ClusterCases {

	final Cluster cluster = ClusterIT.cluster();

	final ClusterNode a = this.cluster.a();

	final ClusterNode b = this.cluster.b();

	final ClusterNode c = this.cluster.c();

	@AfterEach
	void leavesAllWell() {
		this.cluster.awaitWell();
	}

}
