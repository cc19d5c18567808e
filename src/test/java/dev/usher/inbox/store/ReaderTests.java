package dev.usher.inbox.store;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;

import dev.usher.inbox.Handout;
import dev.usher.inbox.MessageConsumer;
import dev.usher.inbox.StoredMessage;
import dev.usher.node.NodeLease;
import dev.usher.testing.Await;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a reader that others have open too makes of answers that come late. All of it runs
 * on the thread of the test.
 */
class ReaderTests {

	private static final Clock clock = Clock.systemUTC();

	private static TestDatabase database;

	private static NodeLease node;

	private static NodeLease other;

	private final CompletableFuture<List<ReaderStore.Claim>> adopted = new CompletableFuture<>();

	private final List<Long> handedOut = new ArrayList<>();

	/** How many nodes have the reader open, as each answer says. */
	private int nodes = 1;

	/** From which place on another node is said to have moved the reader. */
	private long movedFrom = Long.MAX_VALUE;

	private LiveLog live;

	private Reader reader;

	private Share share;

	@BeforeAll
	static void start() {
		database = TestDatabase.postgres();
		node = Inboxes.node(database, clock);
		other = Inboxes.node(database, clock);
		Await.until(node::hasPeers);
	}

	@AfterAll
	static void end() {
		other.destroy();
		node.destroy();
		database.close();
	}

	@BeforeEach
	void open() {
		Peers peers = new Peers(node);
		LiveLogs logs = new LiveLogs(new Tails(1), peers);
		this.live = logs.use(Inboxes.shared());
		this.live.isOf(new LogHead(1, this.live.destination().address(), "epoch", 0));
		DeadLetters dead = new DeadLetters((draft) -> new CompletableFuture<>(), clock);
		this.reader = new Reader(this.live, new Answers(), 0, List.of(), new ReaderTools(logs, Runnable::run, dead,
				new HashSet<>(), clock, Inboxes.properties(), new ReadAhead(), peers));
		this.share = new Share(this.reader, new Consumer(), 10, new Share.Standing(0, "epoch", true));
		assertThat(this.reader.join(this.share)).isTrue();
		this.share.request(10);
	}

	private void store(long offset) {
		this.live.reached(offset);
		this.reader.wake();
	}

	private ReaderStore.Claim claim(long offset, String owner) {
		return new ReaderStore.Claim(offset, 0, 0, owner);
	}

	/** Has one message handed out, and the database asked what else is this node's. */
	private void askWithOneHandedOut() {
		this.movedFrom = 1;
		store(1);
		assertThat(this.handedOut).containsExactly(1L);
		store(2);
		assertThat(this.adopted.getNumberOfDependents()).isOne();
	}

	@Test
	void messageWhenAcknowledgedWhileTheDatabaseIsAskedForClaimsThenDoesNotComeAgain() {
		askWithOneHandedOut();
		this.share.ack(1);
		this.adopted.complete(List.of(claim(1, node.id())));
		assertThat(this.handedOut).containsExactly(1L);
		assertThat(this.reader.position()).isEqualTo(2);
	}

	@Test
	void messageWhenLetGoOfWhileTheDatabaseIsAskedForClaimsThenIsForOthers() {
		askWithOneHandedOut();
		this.share.nack(1);
		this.adopted.complete(List.of(claim(1, node.id())));
		assertThat(this.handedOut).containsExactly(1L);
	}

	@Test
	void messageWhenLetGoOfAndTakenWithTheAnswerThenComesAgain() {
		askWithOneHandedOut();
		this.share.nack(1);
		this.adopted.complete(List.of(claim(1, null)));
		assertThat(this.handedOut).containsExactly(1L, 1L);
	}

	@Test
	void messageWhenTheDatabaseHasItForThisNodeWhichDoesNotKnowItThenIsHandedOut() {
		askWithOneHandedOut();
		this.adopted.complete(List.of(claim(1, node.id()), claim(2, node.id())));
		assertThat(this.handedOut).containsExactly(1L, 2L);
	}

	@Test
	void messageLeftToAnotherNodeWhenThatHasLeftTheReaderThenIsHandedOutAtOnce() {
		this.nodes = 2;
		store(1);
		store(2);
		assertThat(this.handedOut).containsExactly(1L);
		this.nodes = 1;
		this.reader.readBy(1);
		assertThat(this.handedOut).containsExactly(1L, 2L);
	}

	private static StoredMessage message(long offset) {
		return new StoredMessage(offset, "epoch", 0, Long.MAX_VALUE, "text/plain", Map.of(),
				"m".getBytes(StandardCharsets.UTF_8));
	}

	/** Takes all it gets. */
	private final class Consumer implements MessageConsumer {

		@Override
		public int onMessages(List<Handout> messages) {
			messages.forEach((handout) -> ReaderTests.this.handedOut.add(handout.message().offset()));
			return messages.size();
		}

		@Override
		public void onEnded() {
		}

	}

	/** Has every message, and answers at once but for claims. */
	private final class Answers implements Feed {

		@Override
		public CompletableFuture<Page> newer(long place, Demand demand) {
			long head = ReaderTests.this.live.head();
			boolean moved = place >= ReaderTests.this.movedFrom;
			List<StoredMessage> messages = (moved) ? List.of()
					: LongStream.rangeClosed(place + 1, Math.min(head, place + demand.most()))
						.mapToObj(ReaderTests::message)
						.toList();
			return CompletableFuture.completedFuture(
					new Page(messages, (moved) ? head : place + messages.size(), moved, ReaderTests.this.nodes));
		}

		@Override
		public CompletableFuture<List<StoredMessage>> refetch(Collection<Long> offsets) {
			return CompletableFuture.completedFuture(offsets.stream().map(ReaderTests::message).toList());
		}

		@Override
		public CompletableFuture<List<ReaderStore.Claim>> adopt(boolean own) {
			return ReaderTests.this.adopted;
		}

		@Override
		public CompletionStage<Void> acknowledge(List<Long> offsets) {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public CompletionStage<Void> refuse(long offset, int nacks, long dueAt) {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public boolean isShared() {
			return true;
		}

		@Override
		public CompletionStage<Void> letGo(long offset, int nacks, long dueAt) {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public CompletionStage<Void> leave(boolean forget) {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public void rejoin() {
		}

	}

}
