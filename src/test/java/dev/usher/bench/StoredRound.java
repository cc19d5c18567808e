package dev.usher.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.usher.testing.Postgres;
import org.slf4j.LoggerFactory;

/**
 * Stored messages, in one fresh process of the gateway on one database: how many a second
 * are on disk when their publishers are answered, and how long it takes to catch up.
 */
final class StoredRound {

	/** Who is connected while stored messages come to them. */
	private static final int READERS = 20;

	/** Who is connected while single calls come at a steady pace. */
	private static final int PACED_READERS = 200;

	/** Such calls a second, and half of the most besides. */
	private static final int PACE = 1000;

	private static final int RESUMED = 1000;

	private static final int RESUMES = 20;

	private static final int WARM_RESUMES = 20;

	/**
	 * The way of an HTTP call through its filters is long, and after a single warm-up the
	 * compiler still takes half of the server's core.
	 */
	private static final int WARM_UPS = 3;

	private static final int PATIENCE_SECONDS = 60;

	private final Settings settings;

	private final Contender contender;

	private final Issuer issuer;

	private final String database;

	private final Report report;

	private final ServerProcess server;

	private final StoredLoad load;

	private StoredRound(Settings settings, Contender contender, Issuer issuer, String database, Report report,
			ServerProcess server) {
		this.settings = settings;
		this.contender = contender;
		this.issuer = issuer;
		this.database = database;
		this.report = report;
		this.server = server;
		this.load = new StoredLoad(server, issuer);
	}

	/** On H2, and on PostgreSQL where that is wanted. */
	static void run(Settings settings, Contender contender, Issuer issuer, Report report, Path folder) {
		run(settings, contender, issuer, "H2", report, folder);
		if (settings.postgres()) {
			((Logger) LoggerFactory.getLogger("io.zonky")).setLevel(Level.WARN);
			Contender onPostgres = contender.with("--spring.datasource.url=" + Postgres.newDatabase());
			run(settings, onPostgres, issuer, "PostgreSQL", report, folder);
		}
	}

	private static void run(Settings settings, Contender contender, Issuer issuer, String database, Report report,
			Path folder) {
		try (ServerProcess server = ServerProcess.start(contender, folder, settings.pin())) {
			new StoredRound(settings, contender, issuer, database, report, server).run();
		}
		catch (IOException ex) {
			throw new BenchmarkException("Stored on " + database + ": " + ex.getMessage(), ex);
		}
	}

	private void run() throws IOException {
		String what = "stored on " + this.database;
		this.load.publish(StoredLoad.BATCH_CLIENTS, StoredLoad.BATCH, StoredLoad.USERS,
				this.settings.warmup().multipliedBy(WARM_UPS));
		add(what + ", batches of 100 from 4, messages/s", this.load.publish(StoredLoad.BATCH_CLIENTS, StoredLoad.BATCH,
				StoredLoad.USERS, this.settings.measure()));
		this.load.publish(StoredLoad.SINGLE_CLIENTS, 1, StoredLoad.USERS,
				this.settings.warmup().multipliedBy(WARM_UPS));
		StoredLoad.Flood single = this.load.publish(StoredLoad.SINGLE_CLIENTS, 1, StoredLoad.USERS,
				this.settings.measure());
		add(what + ", single from 64, messages/s", single);
		endToEnd(what + ", to one of 200 users at ", List.of(PACE, (int) (single.rate() / 2)));
		deliver(what + ", to 20 connected readers");
		resume(what + ", resume of 1,000, ");
	}

	/** Single calls at a steady pace to users who are connected. */
	private void endToEnd(String label, List<Integer> rates) throws IOException {
		try (ClientLoop loop = connect(PACED_READERS)) {
			PacedPublishers publishers = new PacedPublishers(this.server, this.issuer, loop, PACED_READERS);
			for (int i = 0; i < rates.size(); i++) {
				Latencies latencies = publishers.run(rates.get(i), this.settings.warmup(), this.settings.measure());
				String figure = label + ((i == 0) ? PACE + "/s" : "half of that rate");
				add(figure + ", p50 ms", latencies.millis(0.5));
				add(figure + ", p99 ms", latencies.millis(0.99));
				if (latencies.missing() > 0) {
					this.report.note(this.contender.name() + ": " + figure + ", " + latencies.missing()
							+ " messages did not come in time");
				}
			}
		}
	}

	private ClientLoop connect(int readers) throws IOException {
		ClientLoop loop = this.contender.clients(this.server.port());
		for (int i = 0; i < readers; i++) {
			loop.open(Load.user(i), "/user/queue/bench");
		}
		await(loop.turnUntil(() -> loop.logins() >= readers, PATIENCE_SECONDS));
		awaitSubscribed(loop, readers);
		return loop;
	}

	/** Batches for a few users, who are connected and take what comes. */
	private void deliver(String label) throws IOException {
		try (ClientLoop loop = connect(READERS)) {
			deliver(loop, this.settings.warmup().multipliedBy(WARM_UPS));
			double cpu = this.server.cpuSeconds("inbox-delivery");
			double all = this.server.cpuSeconds();
			long delivered = deliver(loop, this.settings.measure());
			add(label + ", CPU us each", (this.server.cpuSeconds() - all) * 1e6 / delivered);
			add(label + ", CPU us each of the threads that deliver",
					(this.server.cpuSeconds("inbox-delivery") - cpu) * 1e6 / delivered);
		}
	}

	/** What was stored before a reader subscribed does not come. */
	private void awaitSubscribed(ClientLoop loop, int readers) throws IOException {
		try (HttpPublisher publisher = new HttpPublisher(this.server.port(), this.issuer.token(Load.user(0)))) {
			for (int i = 0; i < PATIENCE_SECONDS; i++) {
				long before = loop.messages();
				publisher.publish(HttpPublisher.messages(0, readers, readers));
				if (loop.turnUntil(() -> loop.messages() - before >= readers, 1)) {
					return;
				}
			}
		}
		await(false);
	}

	/** Answers how many messages came, which is how many were stored. */
	private long deliver(ClientLoop loop, Duration duration) {
		long before = loop.messages();
		CompletableFuture<StoredLoad.Flood> publishing = CompletableFuture
			.supplyAsync(() -> this.load.publish(StoredLoad.BATCH_CLIENTS, StoredLoad.BATCH, READERS, duration));
		await(loop.turnUntil(publishing::isDone, duration.toSeconds() + PATIENCE_SECONDS));
		long stored = publishing.join().count();
		await(loop.turnUntil(() -> loop.messages() - before >= stored, PATIENCE_SECONDS));
		return stored;
	}

	private void add(String label, StoredLoad.Flood flood) {
		add(label, flood.rate());
		String rest = label.substring(0, label.lastIndexOf(','));
		add(rest + ", CPU us each", flood.cpuMicros());
		add(rest + ", a call, p50 ms", flood.calls().millis(0.5));
		add(rest + ", a call, p99 ms", flood.calls().millis(0.99));
	}

	private void add(String figure, double value) {
		this.report.add(figure, this.contender, value);
	}

	/**
	 * From SUBSCRIBE to the last MESSAGE, each time on a connection that stood before.
	 */
	private void resume(String label) throws IOException {
		String user = Load.user(StoredLoad.USERS);
		String message = HttpPublisher.messages(StoredLoad.USERS, 1, StoredLoad.USERS + 1);
		String messages = "[" + (message.substring(1, message.length() - 1) + ",").repeat(RESUMED - 1)
				+ message.substring(1);
		try (HttpPublisher publisher = new HttpPublisher(this.server.port(), this.issuer.token(user))) {
			publisher.publish(messages);
		}
		Latencies latencies = new Latencies(RESUMES);
		try (ClientLoop loop = this.contender.clients(this.server.port())) {
			for (int i = 0; i < WARM_RESUMES; i++) {
				resumeOnce(loop, user);
			}
			for (int i = 0; i < RESUMES; i++) {
				latencies.add(resumeOnce(loop, user));
			}
		}
		add(label + "median ms", latencies.millis(0.5));
		add(label + "worst ms", latencies.millis(1));
	}

	private long resumeOnce(ClientLoop loop, String user) {
		byte[] subscribe = "SUBSCRIBE\nid:0\ndestination:/user/queue/bench\noffset:0\n\n\0"
			.getBytes(StandardCharsets.US_ASCII);
		int logins = loop.logins();
		Connection connection = loop.open(user, null);
		await(loop.turnUntil(() -> loop.logins() > logins, PATIENCE_SECONDS));
		long before = loop.messages();
		long start = System.nanoTime();
		loop.send(connection, subscribe);
		await(loop.turnUntil(() -> loop.messages() - before >= RESUMED, PATIENCE_SECONDS));
		long nanos = System.nanoTime() - start;
		loop.close(connection);
		return nanos;
	}

	private static void await(boolean happened) {
		if (!happened) {
			throw new BenchmarkException("Stored messages did not come within " + PATIENCE_SECONDS + " s");
		}
	}

}
