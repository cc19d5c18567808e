package dev.usher.demo;

import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * What clients have of two nodes, step by step: a message from one to the other, a logout
 * on one that closes on the other, and a node that is killed, whose client goes on at the
 * other without a hole. Ends at the first step that does not hold.
 */
final class ClusterWalk {

	private static final String PASSWORD = "through the looking-glass";

	private static final String GREETINGS = "/user/topic/greetings";

	private static final String GREETING = "Hello Alice, from the other node.";

	private static final String ORDERS = "/user/queue/orders";

	private final HttpClient http = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.proxy(HttpClient.Builder.NO_PROXY)
		.connectTimeout(DemoSocket.PATIENCE)
		.build();

	private final URI one;

	private final URI two;

	private final Runnable killOne;

	private final DemoPrinter steps;

	private final DemoPrinter onOne;

	private final DemoPrinter onTwo;

	/**
	 * Needs two nodes that have just started on an empty database.
	 * @param killOne ends the first as a loss of power would
	 */
	ClusterWalk(URI one, URI two, Runnable killOne, PrintStream out) {
		this.one = one;
		this.two = two;
		this.killOne = killOne;
		this.steps = new DemoPrinter(out);
		this.onOne = new DemoPrinter(out, "@1");
		this.onTwo = new DemoPrinter(out, "@2");
	}

	/**
	 * Walks; says whether every step held.
	 * @param adminPassword of the first administrator
	 */
	boolean run(String adminPassword) {
		try (DemoUser alice = onOne("alice"); DemoUser bob = onTwo("bob"); DemoUser alices = onTwo("alice")) {
			this.steps.step("An administrator makes two accounts on node 1.");
			makeAccounts(adminPassword);
			walk(alice, bob, alices);
			this.steps.held();
			return true;
		}
		catch (DemoException ex) {
			this.steps.failed(String.valueOf(ex.getMessage()));
			return false;
		}
	}

	private DemoUser onOne(String name) {
		return new DemoUser(this.http, this.one, name, this.onOne);
	}

	private DemoUser onTwo(String name) {
		return new DemoUser(this.http, this.two, name, this.onTwo);
	}

	private void makeAccounts(String adminPassword) {
		try (DemoUser admin = onOne("admin")) {
			admin.logIn(adminPassword);
			for (String name : new String[] { "alice", "bob" }) {
				admin.post("/admin/accounts",
						"{\"username\":\"" + name + "\",\"password\":\"" + PASSWORD + "\",\"roles\":[\"user\"]}", 201);
				this.onOne.answered("admin", "201  " + name);
			}
		}
	}

	private void walk(DemoUser alice, DemoUser bob, DemoUser aliceLater) {
		try (DemoUser bobOnOne = onOne("bob")) {
			this.steps
				.step("Alice logs in on node 1 and connects to it. Bob logs in on node 1 and connects to node 2.");
			alice.logIn(PASSWORD);
			bobOnOne.logIn(PASSWORD);
			DemoSocket alices = connect(alice, alice.token(), "alice");
			DemoSocket bobs = connect(bob, bobOnOne.token(), "bob");
			this.steps.step("Alice subscribes to her greetings, which are live, and to her orders, which are stored.");
			subscribe(alices);
			resume(alices, "0");
			this.steps.step("Bob sends Alice a greeting. It crosses from node 2 to node 1.");
			greet(bobs, alices);
			this.steps.step("Bob stores four orders for Alice. She receives all of them and acknowledges two.");
			store(bobs, 1, 4);
			acknowledgeTwo(alices);
			this.steps.step("Bob logs out on node 1. That closes his WebSocket on node 2.");
			logOut(bobOnOne, bobs);
			this.steps.step("Node 1 is killed, as by a loss of power. Alice's WebSocket is gone.");
			this.killOne.run();
			alices.expect(DemoSocket.CLOSED);
		}
		this.steps.step("Bob logs in again, on node 2, and stores two more orders while Alice is away.");
		bob.logIn(PASSWORD);
		store(connect(bob, bob.token(), "bob"), 5, 6);
		this.steps.step("Alice connects to node 2, with the token that node 1 gave her, and goes on behind order 2.");
		goOn(connect(aliceLater, alice.token(), "alice"));
	}

	private static DemoSocket connect(DemoUser user, String token, String name) {
		DemoSocket socket = user.connect(token);
		DemoFrame connected = socket.expect("CONNECTED");
		require(connected.header("user-name").equals(name), "CONNECTED does not name " + name + ".");
		return socket;
	}

	private static void subscribe(DemoSocket socket) {
		socket.send(DemoFrame.of("SUBSCRIBE", "id", "1", "destination", GREETINGS, "receipt", "subscribed"));
		requireCluster(socket.expect("RECEIPT"));
	}

	private static void requireCluster(DemoFrame receipt) {
		require(receipt.header("reach").equals("cluster"), "The RECEIPT must say that it reaches all nodes.");
	}

	/** Subscribes by a name that outlives the connection. */
	private static void resume(DemoSocket socket, String behind) {
		socket.send(DemoFrame.of("SUBSCRIBE", "id", "2", "destination", ORDERS, "durable", "phone", "ack", "client",
				"receipt", "orders"));
		DemoFrame receipt = socket.expect("RECEIPT");
		require(receipt.header("offset").equals(behind), "Alice must stand behind order " + behind + ".");
		require(receipt.header("recovered").equals("true"), "The RECEIPT must say that nothing is missing.");
	}

	private static void greet(DemoSocket from, DemoSocket to) {
		from.send(DemoFrame.of("SEND", "destination", "/user/alice/topic/greetings", "receipt", "sent")
			.withBody(GREETING));
		requireCluster(from.expect("RECEIPT"));
		DemoFrame message = to.expect("MESSAGE");
		require(message.body().equals(GREETING), "The message is not the one that was sent.");
	}

	/** The RECEIPT of each says that it is on disk. */
	private static void store(DemoSocket socket, int from, int to) {
		for (int i = from; i <= to; i++) {
			socket.send(DemoFrame.of("SEND", "destination", "/user/alice/queue/orders", "receipt", "order-" + i)
				.withBody("order " + i));
			DemoFrame receipt = socket.expect("RECEIPT");
			require(receipt.header("offset").equals(Integer.toString(i)),
					"Order " + i + " must be stored as number " + i + ".");
		}
	}

	private static DemoFrame order(DemoSocket socket, int number) {
		DemoFrame message = socket.expect("MESSAGE");
		require(message.header("offset").equals(Integer.toString(number)) && message.body().equals("order " + number),
				"Order " + number + " must come now.");
		return message;
	}

	private static void acknowledgeTwo(DemoSocket alices) {
		String second = "";
		for (int i = 1; i <= 4; i++) {
			DemoFrame message = order(alices, i);
			second = (i == 2) ? message.header("ack") : second;
		}
		alices.send(DemoFrame.of("ACK", "id", second, "receipt", "acknowledged"));
		alices.expect("RECEIPT");
	}

	private void logOut(DemoUser user, DemoSocket socket) {
		long start = System.nanoTime();
		user.logOut();
		DemoFrame error = socket.expect("ERROR");
		require(error.header("code").equals("revoked"), "The ERROR must have the code revoked.");
		require(socket.expect(DemoSocket.CLOSED).header("status").equals("4503"),
				"The WebSocket must be closed with 4503.");
		long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
		this.steps.note("from POST on node 1 to the close on node 2: " + millis + " ms");
		require(millis < 1000, "A logout must end the sockets of its session within a second, on every node.");
	}

	/**
	 * What node 1 had handed out comes last, as it is node 1's until its lease is over.
	 */
	private void goOn(DemoSocket alices) {
		long start = System.nanoTime();
		resume(alices, "2");
		Set<String> orders = new TreeSet<>();
		for (int i = 3; i <= 6; i++) {
			DemoFrame message = alices.expect("MESSAGE");
			require(orders.add(message.body()), "No order may come twice.");
			require(message.body().compareTo("order 5") >= 0 || message.header("redelivered").equals("true"),
					"An order that Alice has had must say that it may have come before.");
		}
		require(orders.equals(Set.of("order 3", "order 4", "order 5", "order 6")), "Orders 3 to 6 must come.");
		this.steps.note("orders 3 to 6, none missing and none twice, after "
				+ TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms");
		this.steps.note("what node 1 had handed out is free when its lease is over, here " + DemoCluster.LEASE_SECONDS
				+ " s, else 15");
	}

	private static void require(boolean holds, String sentence) {
		if (!holds) {
			throw new DemoException(sentence);
		}
	}

}
