package dev.usher.socket;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;

import dev.usher.access.AccessProperties;
import dev.usher.access.AccessRules;
import dev.usher.access.Caller;
import dev.usher.access.Permissions;
import dev.usher.bus.Buses;
import dev.usher.stomp.Version;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a page of many connections costs. Counts the time of this thread on the processor,
 * which a busy machine does not lengthen.
 */
class ConnectionDirectoryTests {

	private static final int CONNECTIONS = 50_000;

	private static final int PAGE = 500;

	private static final int PAGES = 40;

	private static final String PROXY = "203.0.113.1";

	private static UnservedGateway gateway;

	private static Connections connections;

	private static ConnectionDirectory directory;

	@BeforeAll
	static void connect() {
		gateway = new UnservedGateway(Clock.systemUTC());
		connections = gateway.connections();
		directory = new ConnectionDirectory(connections, new Subscriptions(Buses.inProcess()));
		Permissions none = new AccessRules(new AccessProperties(List.of())).permissions("", Set.of(), List.of(),
				List.of());
		for (int i = 0; i < CONNECTIONS; i++) {
			String name = (i % 2 == 0) ? "many" : "user" + i;
			Caller caller = new Caller(name, Set.of(), none, "test", "s" + i / 10, "t" + i, null,
					Clock.systemUTC().instant().plus(Duration.ofHours(1)));
			StompConnection connection = gateway.open(PROXY, new ForgetfulSocket());
			connection.connect(caller, Version.V1_2, new HeartBeat(0, 0, 0, 0));
		}
	}

	@AfterAll
	static void end() {
		gateway.wheel().close();
		gateway = null;
		connections = null;
		directory = null;
	}

	private static ConnectionFilter by(String username, String sessionId, String address) {
		return new ConnectionFilter(username, sessionId, address);
	}

	@Test
	void pagesWhenThereAreManyConnectionsThenEachCostsMilliseconds() {
		Random random = new Random(1);
		List<String> ids = connections.all().stream().map(StompConnection::id).toList();
		Supplier<String> somewhere = () -> ids.get(random.nextInt(ids.size()));
		assertCheap("all", () -> directory.list(by(null, null, null), somewhere.get(), PAGE));
		assertCheap("user", () -> directory.list(by("user7", null, null), "", PAGE));
		assertCheap("session", () -> directory.list(by(null, "s77", null), "", PAGE));
		assertCheap("user of many", () -> directory.list(by("many", null, null), somewhere.get(), PAGE));
		assertCheap("address of all", () -> directory.list(by(null, null, PROXY), somewhere.get(), PAGE));
		assertCheap("counts", directory::counts);
	}

	private static void assertCheap(String what, Supplier<?> page) {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		long[] nanos = LongStream.range(0, PAGES).map((i) -> {
			long before = threads.getCurrentThreadCpuTime();
			assertThat(page.get()).isNotNull();
			return threads.getCurrentThreadCpuTime() - before;
		}).sorted().toArray();
		long micros = TimeUnit.NANOSECONDS.toMicros(nanos[PAGES * 95 / 100 - 1]);
		System.out.println("A page of 50,000 connections, " + what + ": 95 % within " + micros + " us");
		assertThat(micros).as(what).isLessThan(100_000);
	}

	@Test
	void pagesWhenGoneThroughThenEachConnectionOfTheFilterIsThereOnce() {
		assertThat(all(by(null, null, null))).isEqualTo(CONNECTIONS);
		assertThat(all(by("many", null, PROXY))).isEqualTo(CONNECTIONS / 2);
		assertThat(all(by(null, "s1", null))).isEqualTo(10);
		assertThat(all(by("user11", "s1", PROXY))).isEqualTo(1);
		assertThat(all(by("user11", "s2", null))).isZero();
		assertThat(all(by("*", null, null))).isZero();
	}

	private static int all(ConnectionFilter filter) {
		Set<String> seen = new HashSet<>();
		String after = "";
		List<OpenConnection> page = directory.list(filter, after, PAGE);
		while (!page.isEmpty()) {
			page.forEach((each) -> assertThat(seen.add(each.id())).isTrue());
			after = page.get(page.size() - 1).id();
			page = directory.list(filter, after, PAGE);
		}
		return seen.size();
	}

}
