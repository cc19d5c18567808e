package dev.usher.operation;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import dev.usher.access.Caller;
import dev.usher.account.Administration;
import dev.usher.node.NodeLease;
import dev.usher.socket.ConnectionDirectory;
import dev.usher.socket.ConnectionDirectory.Counts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * How much this node has to do, and what it has refused. Asks no database but for who
 * asks.
 */
@RestController
class StatsController {

	/** What the audit log has counted: words of ours, and few. */
	private static final String EVENTS = "usher.events";

	private static final String MESSAGES_IN = "usher.messages.in";

	private static final String MESSAGES_OUT = "usher.messages.out";

	private static final String NO_REASON = "none";

	private final ConnectionDirectory directory;

	private final NodeLease node;

	private final MeterRegistry meters;

	private final Administration administration;

	private final Clock clock;

	StatsController(ConnectionDirectory directory, NodeLease node, MeterRegistry meters, Administration administration,
			Clock clock) {
		this.directory = directory;
		this.node = node;
		this.meters = meters;
		this.administration = administration;
		this.clock = clock;
	}

	@GetMapping(path = "/admin/stats", produces = MediaType.APPLICATION_JSON_VALUE)
	Stats stats(@AuthenticationPrincipal Caller caller) {
		this.administration.requireOperator(caller);
		Counts counts = this.directory.counts();
		return new Stats(this.node.id(), this.node.name(), this.clock.instant(), counts.connections(),
				counts.authenticated(), counts.users(), counts.subscriptions(), counts.destinations(),
				counts.queuedBytes(), sum(MESSAGES_IN), sum(MESSAGES_OUT), this.node.living().size(), events());
	}

	/** Of all kinds of destinations. */
	private long sum(String counter) {
		return (long) this.meters.find(counter).functionCounters().stream().mapToDouble(FunctionCounter::count).sum();
	}

	private List<Event> events() {
		return this.meters.find(EVENTS)
			.counters()
			.stream()
			.map(Event::of)
			.filter((event) -> event.count() > 0)
			.sorted(Event.ORDER)
			.toList();
	}

	/**
	 * How it is on one node.
	 *
	 * @param node the incarnation that answers
	 * @param name its name
	 * @param at when
	 * @param connections WebSockets that are open
	 * @param authenticated those of them whose user is known
	 * @param users who are connected
	 * @param subscriptions to live and stored destinations
	 * @param topics live destinations that have subscriptions
	 * @param queuedBytes what waits for clients
	 * @param messagesIn taken from publishers since it started
	 * @param messagesOut queued for connections since then, once for each
	 * @param nodes how many nodes there are, this one too
	 * @param events what happened since it started
	 */
	record Stats(String node, String name, Instant at, int connections, int authenticated, int users, int subscriptions,
			int topics, long queuedBytes, long messagesIn, long messagesOut, int nodes, List<Event> events) {

	}

	/**
	 * How often something happened, by the words of the audit log.
	 *
	 * @param event what
	 * @param outcome how it went
	 * @param reason why it was refused or ended, absent where it was not
	 */
	record Event(String event, String outcome, @Nullable String reason, long count) {

		private static final Comparator<Event> ORDER = Comparator.comparing(Event::event)
			.thenComparing(Event::outcome)
			.thenComparing((event) -> String.valueOf(event.reason()));

		static Event of(Counter counter) {
			String reason = counter.getId().getTag("reason");
			return new Event(String.valueOf(counter.getId().getTag("event")),
					String.valueOf(counter.getId().getTag("outcome")), NO_REASON.equals(reason) ? null : reason,
					(long) counter.count());
		}

	}

}
