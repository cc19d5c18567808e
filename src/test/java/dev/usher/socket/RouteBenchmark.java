package dev.usher.socket;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.usher.access.AccessProperties;
import dev.usher.access.AccessRules;
import dev.usher.access.Caller;
import dev.usher.bus.Buses;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;
import dev.usher.stomp.Version;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From an announced message to the queue of every connection that gets it, and from
 * connections to the registry: everything but the sockets, which take what they are given
 * and forget it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class RouteBenchmark {

	/** Ten times as many must cost ten times as much, not a hundred times. */
	@Param({ "1", "500", "5000" })
	public int subscribers;

	private final Destination destination = Destination.forPublish("/topic/bench");

	private final Message message = new Message("k3jx81-2f", this.destination, "application/json", Map.of(),
			"x".repeat(128).getBytes());

	private final Message toNobody = new Message("k3jx81-2g", Destination.forPublish("/topic/nobody"),
			"application/json", Map.of(), "x".repeat(128).getBytes());

	private final List<StompConnection> connections = new ArrayList<>();

	private final Subscriptions registry = new Subscriptions(Buses.inProcess());

	private final Delivery delivery = new Delivery(this.registry, Buses.inProcess(), new Traffic(Clock.systemUTC()));

	private @Nullable UnservedGateway gateway;

	@Setup
	public void connect() {
		UnservedGateway opened = new UnservedGateway(Clock.systemUTC());
		this.gateway = opened;
		AccessRules rules = new AccessRules(new AccessProperties(List.of()));
		Caller caller = new Caller("alice", Set.of(), rules.permissions("alice", Set.of(), List.of(), List.of()),
				"bench", null, null, null, Clock.systemUTC().instant().plus(Duration.ofHours(1)));
		for (int i = 0; i < this.subscribers; i++) {
			StompConnection connection = opened.open(new ForgetfulSocket());
			connection.connect(caller, Version.V1_2, new HeartBeat(0, 0, 0, 0));
			this.connections.add(connection);
		}
		subscribeAll(this.registry);
	}

	/** One message to all of them, who share a subscription id as most clients do. */
	@Benchmark
	public int deliver() {
		return this.delivery.onMessage(this.message);
	}

	@Benchmark
	public int deliverToNobody() {
		return this.delivery.onMessage(this.toNobody);
	}

	/** All of them subscribe, one after the other. */
	@Benchmark
	public int subscribe() {
		Subscriptions fresh = new Subscriptions(Buses.inProcess());
		subscribeAll(fresh);
		return fresh.size();
	}

	private void subscribeAll(Subscriptions subscriptions) {
		for (StompConnection connection : this.connections) {
			new LiveSubscription(connection.outlet(), "sub-0", this.destination, AckMode.AUTO, 0, subscriptions)
				.begin();
		}
	}

	@TearDown
	public void close() {
		if (this.gateway != null) {
			this.gateway.close();
		}
	}

}
