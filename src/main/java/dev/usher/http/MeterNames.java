package dev.usher.http;

import java.util.Map;
import java.util.Set;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;

/**
 * Has the metrics of libraries keep to the conventions of Prometheus as our own do: each
 * family has a help text, and none a unit that is abbreviated. {@code promtool} says so
 * of the rest of what Micrometer brings.
 */
class MeterNames implements MeterFilter {

	/** In units that Prometheus does not know; {@code process_cpu_usage} says as much. */
	private static final Set<String> LEFT_OUT = Set.of("jvm.compilation.time", "process.cpu.time");

	/** Only counts of histograms end in that word. */
	private static final Map<String, String> RENAMED = Map.of("system.cpu.count", "system.cpus");

	/** Of those that their library gives none. */
	private static final Map<String, String> HELP = Map.of("http.server.requests", "Time of requests over HTTP",
			"http.server.requests.active", "Requests over HTTP that are under way", "tasks.scheduled.execution",
			"Time of scheduled tasks", "tasks.scheduled.execution.active", "Scheduled tasks that are under way",
			"usher.publish", "Time of publishing while traces are on", "usher.publish.active",
			"Messages that are being published while traces are on", "usher.connect",
			"Time from a CONNECT frame to its answer while traces are on", "usher.connect.active",
			"CONNECT frames that are under way while traces are on");

	@Override
	public MeterFilterReply accept(Meter.Id id) {
		return LEFT_OUT.contains(id.getName()) ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
	}

	@Override
	public Meter.Id map(Meter.Id id) {
		String name = RENAMED.getOrDefault(id.getName(), id.getName());
		String help = id.getDescription();
		if (help != null && name.equals(id.getName())) {
			return id;
		}
		return new Meter.Id(name, Tags.of(id.getTagsAsIterable()), id.getBaseUnit(),
				(help != null) ? help : HELP.getOrDefault(name, "Of a library, which calls it " + name), id.getType());
	}

}
