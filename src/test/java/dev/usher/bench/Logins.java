package dev.usher.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Logins over REST, each with a few sockets of its own, which its logout must end. All of
 * them are of the gateway's first account. Driven by the thread of the
 * {@link ClientLoop}; answers over HTTP are handed to it.
 */
final class Logins {

	static final String USER = "admin";

	private static final Pattern FIRST_PASSWORD = Pattern.compile("username admin, password (\\S+)");

	private static final Pattern ACCESS_TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");

	/** A password takes some 50 ms to hash, which is to be a tenth of the load. */
	private static final double EACH_SECOND = 2;

	private static final int SOCKETS = 10;

	private static final Duration STAY = Duration.ofSeconds(10);

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final ClientLoop loop;

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final URI server;

	private final String credentials;

	private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();

	/** Those still here, the oldest first. */
	private final Queue<Session> present = new ArrayDeque<>();

	/** Those that log out. */
	private final List<Session> leaving = new ArrayList<>();

	private int asked;

	private int ended;

	Logins(ClientLoop loop, ServerProcess server) {
		this.loop = loop;
		this.server = URI.create("http://127.0.0.1:" + server.port());
		this.credentials = "{\"username\":\"" + USER + "\",\"password\":\""
				+ first(FIRST_PASSWORD, server.output(), "the first password") + "\"}";
	}

	/** How many have logged out and had all their sockets ended. */
	int ended() {
		return this.ended;
	}

	/**
	 * Begins what is due and looks at what was answered.
	 * @param due how many logins there should have been since the start
	 */
	void turn(long due) {
		if (this.asked < due) {
			this.asked++;
			logIn();
		}
		for (Runnable answer = this.answers.poll(); answer != null; answer = this.answers.poll()) {
			answer.run();
		}
		Session oldest = this.present.peek();
		if (oldest != null && oldest.age().compareTo(STAY) > 0 && oldest.isIn()) {
			logOut(this.present.remove());
		}
		lookAfterThoseLeaving();
	}

	/** How many logins are due after so many seconds. */
	static long due(double seconds) {
		return (long) (seconds * EACH_SECOND);
	}

	/** Logs everybody out and waits until all of it is answered. */
	void leave() {
		boolean done = this.loop.turnUntil(() -> {
			turn(0);
			if (!this.present.isEmpty() && this.present.element().isIn()) {
				logOut(this.present.remove());
			}
			return this.present.isEmpty() && this.leaving.isEmpty() && this.ended == this.asked;
		}, PATIENCE.toSeconds());
		if (!done) {
			throw new BenchmarkException("Not everybody was logged out within " + PATIENCE.toSeconds() + " s");
		}
	}

	private void logIn() {
		post("/auth/login", null, 200, (body) -> {
			String token = first(ACCESS_TOKEN, body, "a token");
			List<Connection> sockets = new ArrayList<>();
			for (int i = 0; i < SOCKETS; i++) {
				sockets.add(this.loop.open(USER, StompPeer.loginByToken(token), this.loop.peer().ownDestination(USER)));
			}
			this.present.add(new Session(token, sockets, System.nanoTime()));
		});
	}

	private void logOut(Session session) {
		session.sockets().forEach(Connection::expectEnd);
		this.leaving.add(new Session(session.token(), session.sockets(), System.nanoTime()));
		post("/auth/logout", session.token(), 204, (body) -> {
		});
	}

	private void lookAfterThoseLeaving() {
		for (Iterator<Session> each = this.leaving.iterator(); each.hasNext();) {
			Session session = each.next();
			if (session.isOut()) {
				each.remove();
				this.ended++;
			}
			else if (session.age().compareTo(PATIENCE) > 0) {
				throw new BenchmarkException("A logout did not end all sockets of its session within " + PATIENCE);
			}
		}
	}

	private void post(String path, @Nullable String token, int expected, Consumer<String> then) {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.server.resolve(path)).timeout(PATIENCE);
		if (token != null) {
			request.header("Authorization", "Bearer " + token).POST(HttpRequest.BodyPublishers.noBody());
		}
		else {
			request.header("Content-Type", "application/json")
				.POST(HttpRequest.BodyPublishers.ofString(this.credentials));
		}
		this.http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
			.whenComplete((answer, failure) -> this.answers.add(() -> {
				if (failure != null || answer.statusCode() != expected) {
					throw new BenchmarkException(path + ": "
							+ ((failure != null) ? failure.toString() : answer.statusCode() + " " + answer.body()));
				}
				then.accept(answer.body());
			}));
	}

	private static String first(Pattern pattern, String text, String what) {
		Matcher matcher = pattern.matcher(text);
		if (!matcher.find()) {
			throw new BenchmarkException("The gateway did not say " + what);
		}
		return matcher.group(1);
	}

	/**
	 * A login and the connections opened with its token.
	 *
	 * @param since when it came, or began to leave
	 */
	private record Session(String token, List<Connection> sockets, long since) {

		Duration age() {
			return Duration.ofNanos(System.nanoTime() - this.since);
		}

		boolean isIn() {
			return this.sockets.stream().allMatch(Connection::isLoggedIn);
		}

		/** Whether all were ended, and told why. */
		boolean isOut() {
			for (Connection socket : this.sockets) {
				String end = socket.end();
				if (end != null && !end.contains("revoked")) {
					throw new BenchmarkException("A logout ended a socket with: " + end);
				}
			}
			return this.sockets.stream().allMatch(Connection::isClosed);
		}

	}

}
