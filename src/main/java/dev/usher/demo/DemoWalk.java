package dev.usher.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.util.concurrent.TimeUnit;

/**
 * The main job, step by step: log in, connect, subscribe, publish from one user to the
 * other, receive; then what must not work. Ends at the first step that does not hold.
 */
final class DemoWalk {

	private static final String PASSWORD = "wonderland";

	private static final String GREETINGS = "/user/topic/greetings";

	private static final String ALICES_GREETINGS = "/user/alice/topic/greetings";

	private static final String GREETING = "Hello Alice, this is Bob.";

	private final DemoPrinter printer;

	private final URI gateway;

	private final HttpClient http = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.proxy(HttpClient.Builder.NO_PROXY)
		.connectTimeout(DemoSocket.PATIENCE)
		.build();

	DemoWalk(URI gateway, DemoPrinter printer) {
		this.gateway = gateway;
		this.printer = printer;
	}

	/** Walks; says whether every step held. */
	boolean run() {
		this.printer.title(this.gateway);
		try (DemoUser alice = user("alice"); DemoUser bob = user("bob")) {
			walk(alice, bob);
			this.printer.held();
			return true;
		}
		catch (DemoException ex) {
			this.printer.failed(String.valueOf(ex.getMessage()));
			return false;
		}
	}

	private DemoUser user(String name) {
		return new DemoUser(this.http, this.gateway, name, this.printer);
	}

	private void walk(DemoUser alice, DemoUser bob) {
		this.printer.step("Alice and Bob log in over REST.");
		alice.logIn(PASSWORD);
		bob.logIn(PASSWORD);
		this.printer.step("Each opens a WebSocket and says who they are in its first frame.");
		DemoSocket alices = connect(alice, "alice");
		DemoSocket bobs = connect(bob, "bob");
		this.printer.step("Both subscribe to what is their own. It is the same word for everyone.");
		subscribe(alices);
		subscribe(bobs);
		this.printer.step("Bob publishes to Alice. She receives it; he does not.");
		publish(bobs, alices);
		this.printer.step("Bob tries to listen to what is Alice's, and his connection ends.");
		bobs.send(DemoFrame.of("SUBSCRIBE", "id", "2", "destination", ALICES_GREETINGS));
		expectEnd(bobs, "forbidden", "4504");
		this.printer.step("Somebody connects with a token whose signature was changed.");
		refuse(alice.token());
		this.printer.step("Alice logs out. That ends her WebSocket too, at once.");
		logOut(alice, alices);
		bob.logOut();
	}

	private static DemoSocket connect(DemoUser user, String name) {
		DemoSocket socket = user.connect(user.token());
		DemoFrame connected = socket.expect("CONNECTED");
		require(connected.header("user-name").equals(name), "CONNECTED does not name " + name + ".");
		return socket;
	}

	private static void subscribe(DemoSocket socket) {
		socket.send(DemoFrame.of("SUBSCRIBE", "id", "1", "destination", GREETINGS, "receipt", "subscribed"));
		DemoFrame receipt = socket.expect("RECEIPT");
		require(receipt.header("receipt-id").equals("subscribed"), "The RECEIPT is for something else.");
	}

	/** A MESSAGE for Bob would come before the RECEIPT of his SEND. */
	private static void publish(DemoSocket from, DemoSocket to) {
		from.send(DemoFrame.of("SEND", "destination", ALICES_GREETINGS, "receipt", "sent").withBody(GREETING));
		from.expect("RECEIPT");
		DemoFrame message = to.expect("MESSAGE");
		require(message.body().equals(GREETING), "The message is not the one that was sent.");
		require(message.header("destination").equals(GREETINGS), "The message names another destination.");
	}

	private void refuse(String token) {
		// Not the very last character, some of whose bits mean nothing.
		int at = token.length() - 3;
		char other = (token.charAt(at) == 'A') ? 'B' : 'A';
		String changed = token.substring(0, at) + other + token.substring(at + 1);
		try (DemoUser stranger = user("stranger")) {
			expectEnd(stranger.connect(changed), "unauthorized", "4502");
		}
	}

	private void logOut(DemoUser user, DemoSocket socket) {
		long start = System.nanoTime();
		user.logOut();
		expectEnd(socket, "revoked", "4503");
		long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
		this.printer.note("from POST to close: " + millis + " ms");
		require(millis < 1000, "A logout must end the sockets of its session within a second.");
	}

	private static void expectEnd(DemoSocket socket, String code, String status) {
		DemoFrame error = socket.expect("ERROR");
		require(error.header("code").equals(code), "The ERROR must have the code " + code + ".");
		DemoFrame closed = socket.expect(DemoSocket.CLOSED);
		require(closed.header("status").equals(status), "The WebSocket must be closed with " + status + ".");
	}

	private static void require(boolean holds, String sentence) {
		if (!holds) {
			throw new DemoException(sentence);
		}
	}

}
