package dev.usher.nodes;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Stored messages from node to node, with Redis and without. */
abstract class StoredCases extends ClusterCases {

	private static final int MESSAGES = Scale.of(100, 2_000);

	private static final int MESSAGES_WITHOUT_REDIS = Scale.of(5, 100);

	/** For so long a refused message is for other nodes only. */
	private static final long OTHERS_FIRST = TimeUnit.SECONDS.toNanos(2);

	@Test
	void messagesWhenStoredOnOneNodeThenArriveOnAnother() {
		Figures.print("stored, from node to node", arrivals("stored", MESSAGES));
	}

	@Test
	void messagesWhenRedisIsAwayThenArriveOnAnotherNodeAllTheSame() {
		this.cluster.redis().stop();
		try {
			Figures.print("stored, from node to node without Redis", arrivals("polled", MESSAGES_WITHOUT_REDIS));
		}
		finally {
			this.cluster.redis().restart();
		}
	}

	/** Stores one after the other, and how long each took from the call on. */
	private List<Long> arrivals(String user, int messages) {
		BlockingQueue<Listener.Arrival> arrived = new LinkedBlockingQueue<>();
		List<Long> nanos = new ArrayList<>();
		String token = ClusterNode.token("publisher");
		try (Listener reader = Listener.connect(this.b, ClusterNode.token(user), arrived::add)) {
			reader.subscribe("/user/queue/in", "offset:0");
			for (int i = 1; i <= messages; i++) {
				long begun = System.nanoTime();
				Cluster.publish(this.a, token, "/user/" + user + "/queue/in", "number " + i);
				Listener.Arrival arrival = next(arrived, 30);
				assertThat(arrival.offset()).isEqualTo(i);
				assertThat(arrival.redelivered()).isFalse();
				nanos.add(arrival.at() - begun);
			}
		}
		return nanos;
	}

	private static Listener.Arrival next(BlockingQueue<Listener.Arrival> arrived, int seconds) {
		try {
			Listener.Arrival arrival = arrived.poll(seconds, TimeUnit.SECONDS);
			assertThat(arrival).as("comes within " + seconds + " s").isNotNull();
			return arrival;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void messageWhenRefusedOnOneNodeThenTheOtherGetsIt() {
		List<Long> nanos = new ArrayList<>();
		BlockingQueue<Listener.Arrival> arrived = new LinkedBlockingQueue<>();
		String token = ClusterNode.token("publisher");
		try (Listener one = Listener.connect(this.b, ClusterNode.token("worker"), arrived::add);
				Listener other = Listener.connect(this.c, ClusterNode.token("worker"), arrived::add)) {
			one.subscribe("/queue/refused", "ack:client-individual");
			other.subscribe("/queue/refused", "ack:client-individual");
			for (int i = 0; i < Scale.of(3, 30); i++) {
				Cluster.publish(this.a, token, "/queue/refused", "number " + i);
				Listener.Arrival first = next(arrived, 30);
				assertThat(first.redelivered()).isFalse();
				long begun = System.nanoTime();
				first.refuse();
				Listener.Arrival second = next(arrived, 30);
				// Who refused it may have it again where the other stood still for so
				// long.
				for (int tries = 0; tries < 3 && second.by() == first.by()
						&& second.at() - begun >= OTHERS_FIRST; tries++) {
					begun = System.nanoTime();
					second.refuse();
					second = next(arrived, 30);
				}
				nanos.add(second.at() - begun);
				assertThat(second.offset()).isEqualTo(first.offset());
				assertThat(second.by()).as("the other node").isNotSameAs(first.by());
				assertThat(second.redelivered()).isTrue();
				second.acknowledge();
			}
		}
		Figures.print("refused on one node, handed out on the other", nanos);
	}

}
