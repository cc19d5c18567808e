package dev.usher.socket;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

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
 */
final class StoredSubscription implements Subscription, MessageConsumer {

	/**
	 * Bytes asked for that the socket has not taken yet; sizes are guessed from the
	 * largest so far.
	 */
	private static final int BUDGET = 256 * 1024;

	private static final int MOST_AHEAD = 64;

	/** Before the first message shows how large they are. */
	private static final int FIRST_AHEAD = 4;

	private final StompConnection connection;

	private final @Nullable String id;

	private final ReaderRequest request;

	private final AckMode ackMode;

	private final int ordinal;

	/** Handed to the socket and not written yet, in order. */
	private final ArrayDeque<Unwritten> unwritten = new ArrayDeque<>();

	/** Written or not, to be acknowledged by the client. */
	private final Set<String> unacknowledged = new LinkedHashSet<>();

	private @Nullable ReaderSubscription reader;

	private int largest;

	/** Asked for and not come yet. */
	private int asked;

	private boolean ended;

	private boolean forget;

	StoredSubscription(StompConnection connection, @Nullable String id, ReaderRequest request, AckMode ackMode,
			int ordinal) {
		this.connection = connection;
		this.id = id;
		this.request = request;
		this.ackMode = ackMode;
		this.ordinal = ordinal;
	}

	/** Joins the reader; the headers of the RECEIPT say where it stands. */
	CompletionStage<Effect> join(Inbox inbox) {
		return inbox.subscribe(this.request, this).thenApply(this::joined);
	}

	private synchronized Effect joined(ReaderSubscription joined) {
		this.reader = joined;
		if (this.ended) {
			joined.close(this.forget);
		}
		List<Header> place = List.of(new Header("offset", Long.toString(joined.offset())),
				new Header("epoch", joined.epoch()), new Header("recovered", Boolean.toString(joined.recovered())));
		return new Effect(place, this::begin);
	}

	/** Lets messages come, none of them before the RECEIPT. */
	private synchronized void begin() {
		if (!this.ended) {
			askForMore();
		}
	}

	@Override
	public synchronized void onMessage(StoredMessage message, boolean redelivered) {
		this.asked--;
		if (this.ended) {
			return;
		}
		String messageId = message.messageId();
		if (this.ackMode != AckMode.AUTO) {
			this.unacknowledged.add(messageId);
		}
		OutboundFrame frame = encode(message, messageId, redelivered);
		this.largest = Math.max(this.largest, frame.length());
		if (this.connection.deliverStored(frame)) {
			this.unwritten.add(new Unwritten(message.offset(), this.connection.socket().framesQueued()));
			written(this.connection.socket().framesWritten());
		}
	}

	@Override
	public void onEnded() {
		this.connection.end(Ending.of(Reason.FORBIDDEN, "What this subscription reads was removed."));
	}

	private OutboundFrame encode(StoredMessage stored, String messageId, boolean redelivered) {
		List<Header> extra = new ArrayList<>(4);
		extra.add(new Header("offset", Long.toString(stored.offset())));
		extra.add(new Header("epoch", stored.epoch()));
		extra.add(new Header("timestamp", Long.toString(stored.timestamp())));
		if (redelivered) {
			extra.add(new Header("redelivered", "true"));
		}
		boolean acknowledges = this.ackMode != AckMode.AUTO && this.connection.version() == Version.V1_2;
		String ack = (acknowledges) ? AcknowledgeHandler.ackId(this.ordinal, messageId) : null;
		Message message = new Message(messageId, this.request.destination(), stored.contentType(), stored.headers(),
				stored.body());
		MessageEncoder encoder = new MessageEncoder(message, this.request.destination().asSubscribed(), extra);
		byte[] bytes = encoder.encode(this.connection.version(), this.id, ack, OutboundFrame.RESERVE);
		return OutboundFrame.message(bytes, encoder.utf8());
	}

	/** The socket has written so many frames. */
	synchronized void written(long frames) {
		long last = -1;
		while (!this.unwritten.isEmpty() && this.unwritten.getFirst().sequence() <= frames) {
			last = this.unwritten.removeFirst().offset();
		}
		if (last >= 0 && !this.ended && this.reader != null) {
			if (this.ackMode == AckMode.AUTO) {
				this.reader.ackThrough(last);
			}
			askForMore();
		}
	}

	private void askForMore() {
		int target = (this.largest == 0) ? FIRST_AHEAD
				: Math.max(1, Math.min(MOST_AHEAD, BUDGET / Math.max(1, this.largest)));
		int more = target - this.asked - this.unwritten.size();
		if (more > target / 2 || (more > 0 && this.asked == 0)) {
			this.asked += more;
			reader().request(more);
		}
	}

	@Override
	public synchronized boolean acknowledge(String messageId, boolean negative) {
		if (!this.unacknowledged.contains(messageId)) {
			return false;
		}
		long offset = Long.parseLong(messageId.substring(messageId.lastIndexOf('-') + 1));
		if (negative) {
			this.unacknowledged.remove(messageId);
			reader().nack(offset);
		}
		else if (this.ackMode == AckMode.CLIENT) {
			removeThrough(messageId);
			reader().ackThrough(offset);
		}
		else {
			this.unacknowledged.remove(messageId);
			reader().ack(offset);
		}
		return true;
	}

	private void removeThrough(String messageId) {
		var iterator = this.unacknowledged.iterator();
		String next;
		do {
			next = iterator.next();
			iterator.remove();
		}
		while (!next.equals(messageId));
	}

	private ReaderSubscription reader() {
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
	public synchronized void end(boolean forget) {
		if (!this.ended) {
			this.ended = true;
			this.forget = forget;
			if (this.reader != null) {
				this.reader.close(forget);
			}
		}
	}

	private record Unwritten(long offset, long sequence) {

	}

}
