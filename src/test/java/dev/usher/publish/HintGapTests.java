package dev.usher.publish;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

import dev.usher.node.NodeLease;
import dev.usher.testing.Await;
import dev.usher.testing.Postgres;
import dev.usher.testing.RedisServer;
import dev.usher.testing.StompClient;
import dev.usher.testing.TcpProxy;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Stored messages whose hint does not reach a node although its bus works: they come a
 * little later, and not at the next of the rare looks.
 */
class HintGapTests {

	private static final int ROUNDS = 5;

	private static final int CUTS = 3;

	/** The rare looks are 30 s apart, so at most one of the cuts has one so early. */
	private static final Duration BEFORE_THE_NEXT_LOOK = Duration.ofSeconds(20);

	private RedisServer redis;

	/** Between Redis and the other node. */
	private TcpProxy link;

	private String database;

	private TestGateway one;

	private TestGateway other;

	@BeforeEach
	void start() {
		this.redis = RedisServer.start();
		this.link = new TcpProxy(this.redis.port());
		this.database = Postgres.newMigratedDatabase();
		this.one = node(this.redis.port());
		this.other = node(this.link.port());
		Await.within(30, () -> lease(this.one).hasPeers() && relyOnHints(this.one) && relyOnHints(this.other));
	}

	@AfterEach
	void end() {
		this.other.close();
		this.one.close();
		this.link.close();
		this.redis.close();
	}

	private TestGateway node(int redis) {
		return TestGateway.start(RedisServer.properties(redis, "spring.datasource.url=" + this.database,
				"usher.token.key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="));
	}

	private static NodeLease lease(TestGateway node) {
		return node.bean(NodeLease.class);
	}

	/** Who would not wait for the rare look of every 30 s. */
	private static StompClient impatient(TestGateway node, String user) {
		StompClient client = node.connect(user);
		client.socket().patience(Duration.ofSeconds(20));
		return client;
	}

	private static boolean relyOnHints(TestGateway node) {
		return node.bean(HintRelay.class).work();
	}

	@Test
	void messageWhenTheEngineHasNotYetConfirmedItsReadersChannelThenComesSoonAllTheSame() {
		try (StompClient ann = this.one.connect("ann"); StompClient ben = impatient(this.other, "ben")) {
			for (int i = 1; i <= ROUNDS; i++) {
				String queue = "/queue/late" + i;
				this.link.hold();
				ben.subscribe("s" + i, queue);
				ann.sendAndWait("SEND", "destination:" + queue);
				this.link.mend();
				ben.expect("MESSAGE");
			}
		}
	}

	@Test
	void messageWhenItsReadersNodeWasDeadToThePublishersForAMomentThenComesSoonAllTheSame() {
		try (StompClient ann = this.one.connect("ann"); StompClient ben = impatient(this.other, "ben")) {
			ben.subscribe("s", "/queue/lost");
			whileOneSeesNobody(() -> {
				takeRow(this.other);
				// The first may be found by the look that comes with a new row, the
				// second not.
				for (int i = 0; i < 2; i++) {
					ann.sendAndWait("SEND", "destination:/queue/lost");
					ben.expect("MESSAGE");
				}
			});
		}
	}

	@Test
	void messageWhenItsPublishersNodeWasCutOffForAMomentThenComesSoonAllTheSame() {
		try (StompClient ann = this.other.connect("ann"); StompClient ben = this.one.connect("ben")) {
			ben.subscribe("s", "/queue/cut");
			ben.socket().patience(BEFORE_THE_NEXT_LOOK);
			for (int i = 1; i <= CUTS; i++) {
				Await.until(() -> relyOnHints(this.one) && relyOnHints(this.other));
				this.link.cut();
				ann.sendAndWait("SEND", "destination:/queue/cut");
				this.link.mend();
				ben.expect("MESSAGE");
			}
		}
	}

	/** Runs a task while one takes itself for the only node, which it is not. */
	private void whileOneSeesNobody(Runnable task) {
		Await.within(30, () -> {
			takeRow(this.other);
			try (Connection holding = DriverManager.getConnection(this.database)) {
				holding.setAutoCommit(false);
				// It cannot renew its lease meanwhile, and so does not look.
				try (PreparedStatement lock = holding
					.prepareStatement("SELECT * FROM nodes WHERE incarnation = ? FOR UPDATE")) {
					lock.setString(1, lease(this.one).id());
					lock.execute();
				}
				boolean alone = !lease(this.one).hasPeers();
				if (alone) {
					task.run();
				}
				return alone;
			}
			catch (SQLException ex) {
				throw new AssertionError(ex);
			}
		});
	}

	/** A node that finds that its row is gone takes a new one. */
	private void takeRow(TestGateway node) {
		int losses = lease(node).losses();
		node.bean(JdbcTemplate.class).update("DELETE FROM nodes WHERE incarnation = ?", lease(node).id());
		Await.until(() -> lease(node).losses() > losses);
	}

}
