package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import dev.usher.inbox.Handout;
import dev.usher.inbox.Inbox;
import dev.usher.inbox.MessageConsumer;
import dev.usher.inbox.ReaderRequest;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.inbox.StoredMessage;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;
import dev.usher.protocol.Reason;
import dev.usher.stomp.Header;
import dev.usher.stomp.MessageEncoder;
import dev.usher.stomp.Version;
import dev.usher.websocket.OutboundFrame;
import org.jspecify.annotations.Nullable;

/**
 * A subscription to a stored destination: the connection's end of a reader. It asks for
 * no more than the socket takes, so that a replay never fills the connection's queue, and
 * with {@code ack:auto} a message counts as read once it was written.
 * <p>
 * Its lock is held while messages are queued, so that none follows the RECEIPT of an
 * UNSUBSCRIBE, and never while the reader is called, a frame is written or the connection
 * ended.
 */
final class StoredSubscription implements Subscription, MessageConsumer {

	/**
	 * Bytes asked for that the socket has not taken yet; sizes are guessed from the
	 * largest so far.
	 */
	private static final int BUDGET = 256 * 1024;

	private static final int MOST_AHEAD = 64;

	/** Before the first message shows how large they are. */
	private static final int FIRST_AHEAD = 1;

	private final Outlet outlet;

	private final StoredFlow flow;

	private final @Nullable String id;

	private final ReaderRequest request;

	private final AckMode ackMode;

	private final int ordinal;

	private final Traffic traffic;

	/** When it began; what was published before comes late for no fault of ours. */
	private final long since;

	/** Written or not, to be acknowledged by the client. */
	private final HandedOut unacknowledged = new HandedOut();

	private @Nullable ReaderSubscription reader;

	private int largest;

	/** Asked for and not come yet. */
	private int asked;

	/** Handed to the socket and not written yet. */
	private int unwritten;

	private boolean ended;

	private boolean forget;

	/** Completes when it has left, where it ended before it had joined. */
	private @Nullable CompletableFuture<Void> left;

	StoredSubscription(Outlet outlet, StoredFlow flow, @Nullable String id, ReaderRequest request, AckMode ackMode,
			int ordinal, Traffic traffic) {
		this.traffic = traffic;
		this.since = traffic.now();
		this.outlet = outlet;
		this.flow = flow;
		this.id = id;
		this.request = request;
		this.ackMode = ackMode;
		this.ordinal = ordinal;
	}

	/** Joins the reader; the headers of the RECEIPT say where it stands. */
	CompletionStage<Effect> join(Inbox inbox) {
		return inbox.subscribe(this.request, this, this.flow.lane()).thenApply(this::joined);
	}

	private Effect joined(ReaderSubscription joined) {
		CompletableFuture<Void> over = accept(joined);
		if (over != null) {
			joined.close(this.forget).whenComplete((none, failure) -> over.complete(null));
		}
		List<Header> place = List.of(new Header("offset", Long.toString(joined.offset())),
				new Header("epoch", joined.epoch()), new Header("recovered", Boolean.toString(joined.recovered())));
		// No message comes before the RECEIPT.
		return new Effect(place, this::askForMore);
	}

	/** Null, or where it has ended already, what to complete when it has left. */
	private synchronized @Nullable CompletableFuture<Void> accept(ReaderSubscription joined) {
		this.reader = joined;
		return this.left;
	}

	@Override
	public int onMessages(List<Handout> messages) {
		int taken = queue(messages);
		count(messages.subList(0, taken));
		this.outlet.flushSoon();
		if (taken < messages.size()) {
			// There may be room again since it was found that there is none.
			this.flow.wake();
		}
		return taken;
	}

	/** Counts what was queued, and times some of it, with no lock held. */
	private void count(List<Handout> taken) {
		int again = 0;
		Flusher flusher = Flusher.current();
		for (Handout handout : taken) {
			long published = handout.message().timestamp();
			if (handout.redelivered()) {
				again++;
			}
			else if (published >= this.since && flusher.samples()) {
				// What was queued behind it leaves with it.
				this.outlet.time(this.traffic.stored(published));
			}
		}
		this.traffic.stored(this.request.destination(), taken.size(), again);
	}

	private synchronized int queue(List<Handout> messages) {
		this.asked -= messages.size();
		int taken = 0;
		while (!this.ended && taken < messages.size() && queue(messages.get(taken))) {
			taken++;
		}
		return taken;
	}

	@Override
	public boolean deliver(EncodedMessage message) {
		boolean taken = queue(message);
		this.outlet.flushSoon();
		return taken;
	}

	private synchronized boolean queue(EncodedMessage message) {
		return !this.ended && this.outlet.offer(message.frame(this.outlet.version(), this.id, ackOf(message.id())));
	}

	/** 1.2 acknowledges by the ack header, the others by message-id. */
	private @Nullable String ackOf(String messageId) {
		boolean acknowledges = this.ackMode != AckMode.AUTO && this.outlet.version() == Version.V1_2;
		return (acknowledges) ? AcknowledgeHandler.ackId(this.ordinal, messageId) : null;
	}

	private boolean queue(Handout handout) {
		StoredMessage message = handout.message();
		String messageId = message.messageId();
		boolean acknowledged = this.ackMode != AckMode.AUTO;
		if (!this.flow.hasRoom(message.body().length, this)) {
			return false;
		}
		if (acknowledged && !this.flow.awaitAcknowledgement(this)) {
			return false;
		}
		OutboundFrame frame = encode(message, messageId, handout.redelivered());
		this.largest = Math.max(this.largest, frame.length());
		if (!this.flow.offer(frame, this, message.offset())) {
			this.outlet.holdings().acknowledged((acknowledged) ? 1 : 0);
			return false;
		}
		this.unwritten++;
		if (acknowledged && !this.unacknowledged.add(messageId)) {
			// It came again before it was acknowledged, and counts once.
			this.outlet.holdings().acknowledged(1);
		}
		return true;
	}

	@Override
	public void onEnded() {
		this.outlet.end(Ending.of(Reason.FORBIDDEN, "What this subscription reads was removed."));
	}

	private OutboundFrame encode(StoredMessage stored, String messageId, boolean redelivered) {
		List<Header> extra = new ArrayList<>(4);
		extra.add(new Header("offset", Long.toString(stored.offset())));
		extra.add(new Header("epoch", stored.epoch()));
		extra.add(new Header("timestamp", Long.toString(stored.timestamp())));
		if (redelivered) {
			extra.add(new Header("redelivered", "true"));
		}
		Version version = this.outlet.version();
		String ack = ackOf(messageId);
		Message message = new Message(messageId, this.request.destination(), stored.contentType(), stored.headers(),
				stored.body());
		MessageEncoder encoder = new MessageEncoder(message, this.request.destination().asSubscribed(), extra);
		byte[] bytes = encoder.encode(version, this.id, ack, OutboundFrame.RESERVE);
		return OutboundFrame.message(bytes, encoder.utf8());
	}

	/**
	 * Messages of it have left. They alone count as read, not all up to the last of them:
	 * one that came again stands behind others that have yet to leave.
	 */
	void written(List<Long> offsets) {
		if (left(offsets.size()) && this.ackMode == AckMode.AUTO) {
			reader().ack(offsets);
		}
		askForMore();
	}

	private synchronized boolean left(int count) {
		this.unwritten -= count;
		return !this.ended;
	}

	/** Asks for as many as there is room for, if that is worth it. */
	void askForMore() {
		int more = more();
		if (more > 0) {
			reader().request(more);
		}
	}

	private synchronized int more() {
		int target = (this.largest == 0) ? FIRST_AHEAD
				: Math.max(1, Math.min(MOST_AHEAD, BUDGET / Math.max(1, this.largest)));
		int more = target - this.asked - this.unwritten;
		if (this.ended || more <= 0 || (more <= target / 2 && this.asked > 0)) {
			return 0;
		}
		this.asked += more;
		return more;
	}

	@Override
	public @Nullable Supplier<CompletionStage<Void>> acknowledge(String messageId, boolean negative) {
		if (SessionMessages.isId(messageId)) {
			return NOTHING_MORE;
		}
		List<Long> taken = take(messageId, this.ackMode == AckMode.CLIENT);
		if (taken == null) {
			return null;
		}
		this.outlet.holdings().acknowledged(taken.size());
		return () -> tellReader(taken, negative);
	}

	private CompletionStage<Void> tellReader(List<Long> taken, boolean negative) {
		CompletionStage<Void> kept = (negative) ? refuse(taken) : reader().ack(taken);
		this.flow.wake();
		return kept;
	}

	private CompletionStage<Void> refuse(List<Long> taken) {
		CompletionStage<Void> kept = KEPT;
		for (long offset : taken) {
			kept = kept.thenCombine(reader().nack(offset), (before, now) -> now);
		}
		return kept;
	}

	private synchronized @Nullable List<Long> take(String messageId, boolean through) {
		return this.unacknowledged.take(messageId, through);
	}

	private synchronized ReaderSubscription reader() {
		if (this.reader == null) {
			throw new IllegalStateException("The reader has not been joined yet");
		}
		return this.reader;
	}

	@Override
	public Destination destination() {
		return this.request.destination();
	}

	@Override
	public int ordinal() {
		return this.ordinal;
	}

	@Override
	public CompletionStage<Void> end(boolean forget) {
		ReaderSubscription joined;
		CompletableFuture<Void> left;
		int waiting;
		synchronized (this) {
			if (this.ended) {
				return KEPT;
			}
			this.ended = true;
			this.forget = forget;
			joined = this.reader;
			left = (joined != null) ? null : new CompletableFuture<>();
			this.left = left;
			waiting = this.unacknowledged.size();
			this.unacknowledged.clear();
		}
		this.outlet.holdings().acknowledged(waiting);
		this.flow.leave(this);
		return (joined != null) ? joined.close(forget) : Objects.requireNonNullElse(left, KEPT);
	}

}
