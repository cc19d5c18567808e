package dev.usher.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Starts the servers one after the other, puts the same load on each and prints one table
 * of all. Ends with 1 and a sentence when it cannot go on.
 */
public final class Benchmark {

	/** What a process needs beside its clients: jars, logs, the selector. */
	private static final int OTHER_FILES = 500;

	private final Settings settings;

	private final int cores = Runtime.getRuntime().availableProcessors();

	private Benchmark(Settings settings) {
		this.settings = settings;
	}

	public static void main(String[] args) throws Exception {
		String jmh = System.getProperty("bench.jmh", "");
		try {
			if (!jmh.isEmpty() && !jmh.equals("false")) {
				Microbenchmarks.run(jmh);
				return;
			}
			new Benchmark(Settings.fromSystemProperties()).run();
		}
		catch (BenchmarkException | IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.exit(1);
		}
	}

	private void run() throws Exception {
		checkFiles();
		if (this.settings.wants("cluster")) {
			ClusterRound.check(this.settings);
		}
		if (this.settings.wants("start")) {
			StartRound.check(this.settings);
		}
		boolean pinned = this.settings.pin() && Machine.pinLoad();
		Settings settings = this.settings.withPin(pinned);
		System.out.println(Machine.describe(this.cores));
		System.out.println(pinned ? "Server on core 0, load on core 1."
				: "Not pinned: server and load share all cores, so figures vary and favour nobody.");
		Path folder = Files.createTempDirectory("bench-");
		try (Issuer issuer = new Issuer()) {
			List<Pass> passes = passes(issuer, folder);
			signTokens(issuer);
			if (settings.soakMinutes() > 0) {
				soak(settings, Contender.usher(settings, issuer, null));
				return;
			}
			for (int run = 1; run <= settings.runs(); run++) {
				System.out.println("Run " + run + " of " + settings.runs());
				for (Pass pass : passes) {
					System.out.println(pass.title());
					for (Contender contender : pass.contenders()) {
						round(settings, contender, issuer, pass.report());
					}
				}
			}
			System.out.println();
			System.out.println(Machine.describe(this.cores));
			for (Pass pass : passes) {
				System.out.println();
				System.out.println(pass.title());
				System.out.print(pass.report().table(pass.contenders()));
			}
		}
		finally {
			delete(folder);
		}
	}

	/** Before the first server starts: it would share its core with what signs. */
	private void signTokens(Issuer issuer) {
		if (this.settings.hasClients()) {
			System.out.println("Signing tokens.");
			for (int i = 0; i < Math.max(this.settings.peak(), Soak.DIFFERENT_USERS); i++) {
				issuer.token(Load.user(i));
			}
		}
	}

	private void soak(Settings settings, Contender contender) throws Exception {
		Path folder = Files.createTempDirectory("bench-soak-");
		Soak.run(settings, contender, folder);
		delete(folder);
	}

	private void round(Settings settings, Contender contender, Issuer issuer, Report report) throws IOException {
		Path folder = Files.createTempDirectory("bench-" + contender.name() + "-");
		try {
			if (settings.wants("start") && contender.jvm() && contender.tls() == null) {
				StartRound.run(settings, contender, report, folder);
			}
			if (contender.name().equals(Contender.FLOOR)) {
				if (settings.wants("user")) {
					FloorRound.run(settings, contender, report, folder);
				}
				delete(folder);
				return;
			}
			if (settings.wantsLive()) {
				Round.run(settings, contender, report, folder);
			}
			if (settings.wants("first") && !contender.name().equals(Contender.STOCK)) {
				FirstRound.run(settings, contender, report, folder);
			}
			if (settings.wants("idle") && contender.name().equals(Contender.USHER)) {
				IdleRound.run(settings, contender, issuer, report, folder);
			}
			if (settings.wants("stored") && contender.name().equals(Contender.USHER) && contender.tls() == null) {
				StoredRound.run(settings, contender, issuer, report, folder);
			}
			if (settings.wants("turns") && contender.name().equals(Contender.USHER) && contender.tls() == null) {
				TurnsRound.run(settings, contender, Contender.before(settings, issuer, null), issuer, report, folder);
			}
			if (settings.wants("cluster") && contender.name().equals(Contender.USHER) && contender.tls() == null) {
				ClusterRound.run(settings, contender, report, folder);
			}
		}
		catch (BenchmarkException ex) {
			// The folder stays: its log is what one looks at now.
			throw new BenchmarkException(
					contender.name() + ": " + ex.getMessage() + " (its log: " + folder.resolve("server.log") + ")", ex);
		}
		delete(folder);
	}

	private List<Pass> passes(Issuer issuer, Path folder) {
		List<Pass> passes = new ArrayList<>();
		if (this.settings.plain()) {
			passes.add(pass("Without TLS", issuer, null, folder));
		}
		if (this.settings.tls()) {
			passes.add(pass("TLS 1.3", issuer, Tls.create(folder), folder));
		}
		return passes;
	}

	private Pass pass(String title, Issuer issuer, @Nullable Tls tls, Path folder) {
		Report report = new Report();
		return new Pass(title, contenders(issuer, tls, report, folder), report);
	}

	private List<Contender> contenders(Issuer issuer, @Nullable Tls tls, Report report, Path folder) {
		List<Contender> contenders = new ArrayList<>();
		if (this.settings.servers().contains(Contender.USHER)) {
			checkJar();
			contenders.add(Contender.usher(this.settings, issuer, tls));
		}
		if (this.settings.servers().contains(Contender.BEFORE) || this.settings.wants("turns")) {
			checkBefore();
			contenders.add(Contender.before(this.settings, issuer, tls));
		}
		if (this.settings.servers().contains(Contender.INTERCEPTOR)) {
			checkJar();
			contenders.add(Contender.interceptor(this.settings, issuer, tls, folder));
		}
		if (tls == null && this.settings.servers().contains(Contender.BOUND)) {
			checkJar();
			contenders.add(Contender.bound(this.settings, issuer));
		}
		if (tls == null && this.settings.servers().contains(Contender.FLOOR)) {
			contenders.add(Contender.floor(this.settings));
		}
		if (tls == null && this.settings.servers().contains(Contender.STOCK)) {
			contenders.add(Contender.stock(this.settings, issuer));
		}
		if (this.settings.servers().contains(Contender.NATS)) {
			Optional<Path> program = Machine.find("nats-server");
			program.map((path) -> Contender.nats(path, tls))
				.ifPresentOrElse(contenders::add, () -> report.note("nats: left out, no nats-server on the PATH"));
		}
		return contenders;
	}

	private void checkJar() {
		if (!Files.exists(this.settings.jar())) {
			throw new BenchmarkException(this.settings.jar().toAbsolutePath()
					+ " is not there: build it, or name another with bench.usher.jar, or leave usher out of bench.servers");
		}
	}

	private void checkBefore() {
		if (this.settings.before().isEmpty() || !Files.exists(Path.of(this.settings.before()))) {
			throw new BenchmarkException("bench.before.jar must name the jar of another build where bench.servers "
					+ "or bench.scenarios name before or turns");
		}
	}

	private void checkFiles() {
		long limit = Machine.fileLimit();
		int needed = this.settings.peak() + OTHER_FILES;
		System.out.println("Up to " + this.settings.peak() + " connections at once; " + limit
				+ " files may be open in each process.");
		if (limit < needed) {
			throw new BenchmarkException("The limit of open files is " + limit + ", this run needs " + needed
					+ ": raise it (ulimit -n " + needed + ") or lower bench.clients");
		}
	}

	/**
	 * All servers under one kind of transport.
	 *
	 * @param title what the output calls it
	 */
	private record Pass(String title, List<Contender> contenders, Report report) {
	}

	private static void delete(Path folder) throws IOException {
		Files.walkFileTree(folder, new SimpleFileVisitor<Path>() {

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
				Files.delete(file);
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException ex) throws IOException {
				Files.delete(directory);
				return FileVisitResult.CONTINUE;
			}

		});
	}

}
