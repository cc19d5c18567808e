package dev.usher.demo;

import java.io.PrintStream;
import java.net.URI;

/**
 * Shows the walk to whoever started it. In ASCII, because nobody knows what their
 * terminal can do; to the console and to no log, because it is not about operation.
 */
final class DemoPrinter {

	/** Where the examples look for the gateway when they are not told. */
	private static final int USUAL_PORT = 8080;

	private final PrintStream out;

	private final String place;

	private int steps;

	DemoPrinter(PrintStream out) {
		this(out, "");
	}

	/**
	 * Makes one for what happens at a place.
	 * @param place follows the names of users, such as {@code @1}
	 */
	DemoPrinter(PrintStream out, String place) {
		this.out = out;
		this.place = place;
	}

	void title(URI gateway) {
		this.out.printf("%n  The main job of Usher, through real sockets, at %s%n", gateway);
	}

	void step(String sentence) {
		this.steps++;
		this.out.printf("%n  %d. %s%n", this.steps, sentence);
	}

	void called(String user, String call) {
		line(user, "-->", call);
	}

	void answered(String user, String answer) {
		line(user, "<--", answer);
	}

	void sent(String user, DemoFrame frame) {
		line(user, "-->", frame.shown());
	}

	void received(String user, DemoFrame frame) {
		line(user, "<--", frame.shown());
	}

	void note(String text) {
		this.out.printf("     (%s)%n", text);
	}

	private void line(String user, String arrow, String what) {
		this.out.printf("     %-8s %s %s%n", user + this.place, arrow, what);
	}

	void held() {
		this.out.printf("%n  All %d steps held.%n%n", this.steps);
		this.out.flush();
	}

	void failed(String sentence) {
		this.out.printf("%n  Step %d FAILED. %s%n%n", this.steps, sentence);
		this.out.flush();
	}

	/**
	 * What to try next; every line can be pasted into a shell of the project's folder.
	 */
	void commands(URI gateway) {
		boolean usual = gateway.getPort() == USUAL_PORT;
		String more = usual ? "" : " " + gateway;
		String query = usual ? "" : "?gateway=" + gateway;
		this.out.printf(
				"""
						  The gateway stays up; Ctrl+C stops it. From another terminal, in the project's folder:

						  Log in:
						    curl -w '\\n' %1$s/auth/login -H 'Content-Type: application/json' -d '{"username":"alice","password":"wonderland"}'

						  Listen as alice, and as bob in a third terminal; then type "alice Hello!" there:
						    java src/docs/examples/Listen.java alice wonderland%2$s
						    java src/docs/examples/Listen.java bob wonderland%2$s

						  The same with Node 22 or newer:
						    node src/docs/examples/listen.mjs alice wonderland%2$s

						  The same from a page of another origin, http://localhost:3000/%3$s:
						    java src/docs/examples/Serve.java

						""",
				gateway, more, query);
		this.out.flush();
	}

}
