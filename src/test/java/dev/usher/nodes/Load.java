package dev.usher.nodes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.usher.testing.Await;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Publishers and readers of stored destinations on all nodes, who go on on another node
 * when theirs is gone, and what must be true of all they sent and got. All publish to a
 * destination of one user and to a shared one at a time.
 */
final class Load implements AutoCloseable {

	private static final int PUBLISHERS = 3;

	private static final int PATIENCE = Scale.of(120, 600);

	private final String name;

	private final List<LoadPublisher> publishers = new ArrayList<>();

	private final LoadReader follower;

	private final LoadReader durable;

	private final List<LoadReader> workers;

	private Load(Cluster cluster, String name) {
		this.name = name;
		String own = "/user/queue/" + name;
		String shared = "/queue/" + name;
		// Whoever can be on the last node is, for that is the one that is killed.
		List<ClusterNode> last = List.of(cluster.c(), cluster.b(), cluster.a());
		List<ClusterNode> second = List.of(cluster.b(), cluster.a(), cluster.c());
		this.follower = new LoadReader(last, "reader-" + name, own, LoadReader.Kind.FOLLOWER);
		this.durable = new LoadReader(last, "reader-" + name, own, LoadReader.Kind.DURABLE);
		this.workers = List.of(new LoadReader(last, "worker-" + name, shared, LoadReader.Kind.WORKER),
				new LoadReader(second, "worker-" + name, shared, LoadReader.Kind.WORKER));
		List<String> to = List.of("/user/reader-" + name + "/queue/" + name, shared);
		for (int i = 0; i < PUBLISHERS; i++) {
			this.publishers.add(new LoadPublisher("p" + i, (i % 2 == 0) ? last : second, to));
		}
	}

	/** Starts and waits until all read. */
	static Load start(Cluster cluster, String name) {
		Load load = new Load(cluster, name);
		load.readers().forEach(LoadReader::start);
		Await.within(PATIENCE, () -> load.readers().stream().allMatch(LoadReader::reads));
		load.publishers.forEach(Thread::start);
		return load;
	}

	private List<LoadReader> readers() {
		List<LoadReader> all = new ArrayList<>(this.workers);
		all.add(this.follower);
		all.add(this.durable);
		return all;
	}

	/** Waits until so many more were accepted. */
	void awaitAccepted(int more) {
		int before = accepted();
		Await.within(PATIENCE, () -> accepted() >= before + more || failure() != null);
		assertThat(failure()).isNull();
	}

	private int accepted() {
		return this.publishers.stream().mapToInt(LoadPublisher::accepted).sum();
	}

	private Throwable failure() {
		return this.publishers.stream()
			.map(LoadPublisher::failure)
			.filter((each) -> each != null)
			.findAny()
			.orElse(null);
	}

	/**
	 * Publishes no more, waits until all was read, and holds it against what was sent.
	 */
	void stopAndCheck() {
		this.publishers.forEach(LoadPublisher::finish);
		Set<String> sent = new TreeSet<>();
		this.publishers.forEach((each) -> sent.addAll(each.bodies()));
		awaitAll("the follower", sent, List.of(this.follower));
		awaitAll("the durable reader", sent, List.of(this.durable));
		awaitAll("the workers", sent, this.workers);
		LoadCheck.follower(this.follower.arrivals());
		LoadCheck.inOrder("the durable reader", this.durable.arrivals());
		int repeats = LoadCheck.marked("the durable reader", this.durable.arrivals());
		List<Listener.Arrival> shared = new ArrayList<>();
		this.workers.forEach((each) -> shared.addAll(each.arrivals()));
		int again = LoadCheck.marked("the workers", shared);
		System.out.printf("cluster: %s under load: %d accepted by two destinations each, %d and %d came again%n",
				this.name, sent.size(), repeats, again);
	}

	private static void awaitAll(String who, Set<String> sent, List<LoadReader> readers) {
		try {
			Await.within(PATIENCE, () -> readers.stream().mapToInt(LoadReader::seen).sum() >= sent.size()
					&& LoadCheck.missing(sent, readers).isEmpty());
		}
		catch (AssertionError ex) {
			throw new AssertionError(who + " never got " + LoadCheck.missing(sent, readers), ex);
		}
	}

	@Override
	public void close() {
		this.publishers.forEach(LoadPublisher::cancel);
		readers().forEach(LoadReader::close);
	}

}
