package dev.usher.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Users who come and go for minutes, some of them by login and logout over REST, while
 * messages go to all of them, those just gone included; afterwards the server must be as
 * it was. The state after a first minute of the same is what the end is held against: by
 * then classes are loaded and caches filled.
 */
final class Soak {

	private static final int USERS = 2000;

	/**
	 * Twice as many names as are present at once, so that half the messages find nobody.
	 */
	static final int DIFFERENT_USERS = 2 * USERS;

	private static final int UNDER_WAY = 16;

	private static final int LEAVE_EACH_SECOND = 200;

	private static final int MESSAGES_EACH_SECOND = 5000;

	private static final Duration FIRST = Duration.ofMinutes(1);

	/** Compiled code and caches still move the heap by this much. */
	private static final double HEAP_SLACK_BYTES = 4 << 20;

	private static final double HEAP_SLACK = 1.1;

	private static final int FILE_SLACK = 10;

	private final ClientLoop loop;

	private final ServerProcess server;

	private final Logins logins;

	private final Deque<Connection> present = new ArrayDeque<>();

	private int came;

	private int left;

	private long published;

	private Soak(ClientLoop loop, ServerProcess server, Logins logins) {
		this.loop = loop;
		this.server = server;
		this.logins = logins;
	}

	/**
	 * Lets clients come and go and compares memory and files before and after.
	 * @throws BenchmarkException if memory or files were not given back
	 */
	static void run(Settings settings, Contender contender, Path folder) throws Exception {
		try (ServerProcess server = ServerProcess.start(contender, folder, settings.pin());
				ClientLoop loop = contender.clients(server.port())) {
			Soak soak = new Soak(loop, server, new Logins(loop, server));
			State first = soak.comeAndGo(FIRST);
			System.out.println("After the first minute: " + first);
			State last = soak.comeAndGo(Duration.ofMinutes(settings.soakMinutes()));
			System.out.println("After " + settings.soakMinutes() + " more: " + last);
			if (last.heap() > first.heap() * HEAP_SLACK + HEAP_SLACK_BYTES
					|| last.files() > first.files() + FILE_SLACK) {
				throw new BenchmarkException(
						contender.name() + " did not give everything back: " + first + ", then " + last);
			}
			System.out.println("Memory and files are back to where they were.");
		}
	}

	private State comeAndGo(Duration time) {
		Publisher publisher = new Publisher(this.loop);
		long start = System.nanoTime();
		int leftBefore = this.left;
		long publishedBefore = this.published;
		long loginsBefore = this.logins.ended();
		double seconds = 0;
		while (seconds < time.toSeconds()) {
			come();
			leave(leftBefore + (long) (seconds * LEAVE_EACH_SECOND));
			publish(publisher, publishedBefore + (long) (seconds * MESSAGES_EACH_SECOND));
			this.logins.turn(loginsBefore + Logins.due(seconds));
			this.loop.turn(1);
			seconds = (System.nanoTime() - start) / 1e9;
		}
		this.logins.leave();
		this.loop.closeAll();
		this.present.clear();
		this.server.awaitQuiet();
		return new State(this.came, this.logins.ended(), this.published, this.loop.messages(),
				this.server.liveHeapBytes(), this.server.openFiles());
	}

	private void come() {
		while (this.present.size() < USERS && waiting() < UNDER_WAY) {
			String user = Load.user(this.came++ % DIFFERENT_USERS);
			this.present.add(this.loop.open(user, this.loop.peer().ownDestination(user)));
		}
	}

	private long waiting() {
		long waiting = 0;
		for (var newest = this.present.descendingIterator(); newest.hasNext() && waiting < UNDER_WAY
				&& !newest.next().isLoggedIn();) {
			waiting++;
		}
		return waiting;
	}

	private void leave(long due) {
		Connection oldest = this.present.peek();
		while (this.left < due && oldest != null && oldest.isLoggedIn()) {
			this.loop.close(oldest);
			this.present.remove();
			this.left++;
			oldest = this.present.peek();
		}
	}

	private void publish(Publisher publisher, long due) {
		while (this.published < due && publisher.hasRoom()) {
			int number = (int) (this.published % (DIFFERENT_USERS + 1));
			String user = (number < DIFFERENT_USERS) ? Load.user(number) : Logins.USER;
			publisher.publish(this.loop.peer().userDestination(user).getBytes(StandardCharsets.UTF_8),
					this.published++);
		}
		publisher.flush();
	}

	/**
	 * How the server is once everybody has left.
	 */
	private record State(int connects, int logouts, long published, long delivered, double heap, double files) {

		@Override
		public String toString() {
			return String.format(Locale.ROOT,
					"%d connects, %d logouts, %d messages published, %d delivered, %.1f MB of live heap, %.0f open files",
					this.connects, this.logouts, this.published, this.delivered, this.heap / (1 << 20), this.files);
		}

	}

}
