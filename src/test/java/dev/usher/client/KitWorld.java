package dev.usher.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Timer;
import java.util.TimerTask;

import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;

/**
 * Runs usher.js as it is served, in a world whose clock, sockets, tabs and gateway are
 * moved by hand: world.js, gateway.js and keys-world.js beside this. Time jumps from
 * event to event, so that an hour takes as long as what happens in it.
 */
final class KitWorld implements AutoCloseable {

	private static final Engine engine = Engine.newBuilder("js").option("engine.WarnInterpreterOnly", "false").build();

	private static final List<Source> scripts = List.of(script("world.js"), script("gateway.js"),
			script("keys-world.js"));

	private static final Source module = module();

	/** A test that needs more than this never ends. */
	private static final int EVENTS = 20_000_000;

	/** Nor does one that goes round within an event. */
	private static final Duration PATIENCE = Duration.ofMinutes(4);

	private static final Timer limits = new Timer("limit of scenarios", true);

	/** Of the large numbers of a test: the engine interprets. */
	private static final double SCALE = 0.1;

	private final Context context;

	private final Value next;

	private final TimerTask limit = new TimerTask() {

		/** Whatever runs there ends with an exception. */
		@Override
		public void run() {
			KitWorld.this.context.close(true);
		}

	};

	private KitWorld(List<Source> scenarios) {
		this.context = Context.newBuilder("js")
			.engine(engine)
			.allowExperimentalOptions(true)
			.option("js.esm-eval-returns-exports", "true")
			.build();
		limits.schedule(this.limit, PATIENCE.toMillis());
		this.context.getBindings("js").putMember("scale", SCALE);
		scripts.forEach(this.context::eval);
		Value exports = this.context.eval(module);
		Value global = this.context.getBindings("js");
		exports.getMemberKeys().forEach((name) -> global.putMember(name, exports.getMember(name)));
		scenarios.forEach(this.context::eval);
		this.next = global.getMember("world").getMember("next");
	}

	/**
	 * Runs one scenario of a file; each file begins where scenarios-connection.js ends.
	 */
	static void run(String file, String scenario) {
		try (KitWorld world = new KitWorld(scenarios(file))) {
			world.run(scenario);
		}
	}

	/** The names of a file's scenarios. */
	static List<String> names(String file) {
		return script(file).getCharacters()
			.toString()
			.lines()
			.filter((line) -> line.startsWith("scenarios."))
			.map((line) -> line.substring("scenarios.".length(), line.indexOf(' ')))
			.toList();
	}

	private static List<Source> scenarios(String file) {
		Source first = script("scenarios-connection.js");
		return file.equals("scenarios-connection.js") ? List.of(first) : List.of(first, script(file));
	}

	private void run(String scenario) {
		Value global = this.context.getBindings("js");
		this.context.eval("js", "globalThis.outcome = ''; scenarios." + scenario
				+ "().then(() => { outcome = 'held'; }, (error) => { outcome = String(error?.stack ?? error); });");
		int events = 0;
		while (global.getMember("outcome").asString().isEmpty()) {
			if (!this.next.execute().asBoolean() || ++events > EVENTS) {
				throw new AssertionError(scenario + " waits for what never happens");
			}
		}
		String outcome = global.getMember("outcome").asString();
		if (!outcome.equals("held")) {
			throw new AssertionError(outcome);
		}
	}

	private static Source script(String name) {
		try (InputStream stream = Objects.requireNonNull(KitWorld.class.getResourceAsStream(name), name)) {
			return Source.newBuilder("js", new String(stream.readAllBytes(), StandardCharsets.UTF_8), name).build();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Source module() {
		try {
			return Source.newBuilder("js", kit(), "usher.mjs").mimeType("application/javascript+module").build();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The module usher.js as it is served. */
	static String kit() {
		try {
			byte[] bytes = new ClientKit("1.2.3").files().get("/usher.js").source().read();
			return new String(bytes, StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.limit.cancel();
		this.context.close();
	}

}
