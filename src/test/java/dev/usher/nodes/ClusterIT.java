package dev.usher.nodes;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestClassOrder;

/**
 * Three packaged gateways that are one, while all is well and while one thing after the
 * other fails. They are started once.
 */
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
class ClusterIT {

	private static Cluster cluster;

	@BeforeAll
	static void start() {
		long begun = System.nanoTime();
		cluster = Cluster.start();
		Figures.print("three nodes are up", System.nanoTime() - begun);
	}

	@AfterAll
	static void stop() {
		if (cluster != null) {
			cluster.close();
		}
	}

	static Cluster cluster() {
		return cluster;
	}

	@Nested
	@Order(1)
	class Live extends LiveCases {

	}

	@Nested
	@Order(2)
	class Stored extends StoredCases {

	}

	@Nested
	@Order(3)
	class Ends extends EndCases {

	}

	@Nested
	@Order(3)
	class Proofs extends ProofCases {

	}

	@Nested
	@Order(4)
	class Links extends LinkCases {

	}

	@Nested
	@Order(5)
	class Pauses extends PauseCases {

	}

	@Nested
	@Order(6)
	class Crashes extends CrashCases {

	}

	@Nested
	@Order(7)
	class Starts extends StartCases {

	}

}
