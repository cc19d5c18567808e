package dev.usher.nodes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.usher.testing.Await;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Live messages from node to node, while nothing fails. */
abstract class LiveCases extends ClusterCases {

	private static final int PUBLISHERS = 4;

	/** Of each publisher. */
	private static final int MESSAGES = Scale.of(300, 5_000);

	/** Between two messages of one publisher. */
	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(2);

	/** A machine that does other things meanwhile pauses now and then. */
	private static final long LONG = TimeUnit.SECONDS.toNanos(10);

	@Test
	void messagesWhenPublishedOnOneNodeThenArriveOnTheOthersInOrderAndNoneIsLost() throws InterruptedException {
		List<Listener> listeners = new ArrayList<>();
		for (ClusterNode node : List.of(this.b, this.c)) {
			Listener listener = Listener.connect(node, ClusterNode.token("reader"));
			listeners.add(listener);
			subscribe(listener, "/topic/live.order");
			subscribe(listener, "/user/topic/live.order");
		}
		List<Thread> publishers = new ArrayList<>();
		for (int i = 0; i < PUBLISHERS; i++) {
			String name = "p" + i;
			String to = (i % 2 == 0) ? "/topic/live.order" : "/user/reader/topic/live.order";
			publishers.add(new Thread(() -> publish(name, to), name));
		}
		publishers.forEach(Thread::start);
		for (Thread publisher : publishers) {
			publisher.join();
		}
		List<Long> nanos = new ArrayList<>();
		for (Listener listener : listeners) {
			Await.within(60, () -> listener.count() >= PUBLISHERS * MESSAGES);
			nanos.addAll(inOrder(listener));
			listener.close();
		}
		Figures.print("live, from node to node", nanos);
		assertThat(nanos).allMatch((each) -> each < LONG);
	}

	/** Again where a node stood still for two seconds, and said that it was alone. */
	private static void subscribe(Listener listener, String destination) {
		Await.within(60, () -> {
			StompFrame receipt = listener.subscribe(destination);
			if ("cluster".equals(receipt.header("reach"))) {
				return true;
			}
			listener.receipt(StompFrame.of("UNSUBSCRIBE", "id:" + destination.replace('/', '-')));
			return false;
		});
	}

	/** The body is the publisher, a number and when it was sent. */
	private void publish(String name, String to) {
		try (StompClient client = StompClient.connect(this.a.port(), ClusterNode.token(name))) {
			for (int i = 0; i < MESSAGES; i++) {
				client.publish(to, name + " " + i + " " + System.nanoTime());
				LockSupport.parkNanos(PAUSE);
			}
			// By the same way, and to nobody.
			Await.within(60, () -> {
				StompFrame receipt = client.receipt(StompFrame.of("SEND", "destination:" + to + ".reach"));
				return "cluster".equals(receipt.header("reach")) && !receipt.headers().containsKey("delivered");
			});
		}
	}

	/** How long each took, where of each publisher all came in order and once. */
	private static List<Long> inOrder(Listener listener) {
		Map<String, Integer> next = new HashMap<>();
		List<Long> nanos = new ArrayList<>();
		for (Listener.Arrival arrival : listener.messages()) {
			String[] words = arrival.frame().text().split(" ");
			int expected = next.merge(words[0], 1, Integer::sum) - 1;
			assertThat(Integer.parseInt(words[1])).as("order of " + words[0]).isEqualTo(expected);
			nanos.add(arrival.at() - Long.parseLong(words[2]));
		}
		assertThat(next.values()).hasSize(PUBLISHERS).allMatch((count) -> count == MESSAGES);
		return nanos;
	}

	@Test
	void nodeWhenNobodyThereIsAddressedThenIsSentNothingButHeartbeats() {
		int messages = Scale.of(500, 10_000);
		try (Listener live = Listener.connect(this.b, ClusterNode.token("addressed"));
				Listener elsewhere = Listener.connect(this.c, ClusterNode.token("not-addressed"))) {
			live.subscribe("/topic/addressed");
			live.subscribe("/user/topic/addressed");
			live.subscribe("/user/queue/addressed");
			elsewhere.subscribe("/topic/not-addressed");
			elsewhere.subscribe("/user/queue/not-addressed");
			double before = this.c.metric("usher_bus_received_total");
			double addressed = this.b.metric("usher_bus_received_total");
			long begun = System.nanoTime();
			try (StompClient client = StompClient.connect(this.a.port(), ClusterNode.token("publisher"))) {
				String[] to = { "/topic/addressed", "/user/addressed/topic/addressed",
						"/user/addressed/queue/addressed" };
				for (int i = 0; i < messages; i++) {
					client.publish(to[i % to.length], "a message");
				}
				Await.within(60, () -> live.count() == messages);
			}
			double received = this.c.metric("usher_bus_received_total") - before;
			long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
			System.out.printf("cluster: a node nobody addressed: %.0f entries in %d s while another got %.0f%n",
					received, seconds, this.b.metric("usher_bus_received_total") - addressed);
			// Of the two others one each second, and what was on its way before.
			assertThat(received).isLessThanOrEqualTo(2 * (seconds + 3));
			assertThat(elsewhere.count()).isZero();
		}
	}

}
