package dev.usher.stomp;

import java.util.List;
import java.util.Map;

import dev.usher.protocol.Message;
import dev.usher.protocol.Utf8Validator;
import org.jspecify.annotations.Nullable;

/**
 * Writes one published message as the MESSAGE frames of its subscribers. What they share
 * is built once for each version that is asked for; each frame then costs two copies. Not
 * thread-safe: one for each message, used by the thread that delivers it.
 * <p>
 * The frame has {@code subscription}, {@code ack} where given, {@code destination},
 * {@code message-id}, {@code content-type} where known, the extra headers, then the
 * publisher's own, then {@code content-length}: as the first of repeated headers counts,
 * a publisher's header cannot pass for one of the gateway's even if it came this far.
 */
public final class MessageEncoder {

	private static final String START = "MESSAGE\n";

	private static final String SUBSCRIPTION = "subscription:";

	private static final String ACK = "ack:";

	private static final int VERSIONS = Version.values().length;

	/** Names, line ends and the usual values of the gateway's own headers, in bytes. */
	private static final int USUAL_HEADERS = 128;

	private final Message message;

	private final String destination;

	private final List<Header> extra;

	/** What all subscribers of a version share, by the version's ordinal. */
	private final @Nullable FrameWriter[] shared = new FrameWriter[VERSIONS];

	private @Nullable Boolean utf8;

	/**
	 * Prepares a message; nothing is written yet.
	 * @param message whose body and headers do not change any more
	 * @param destination as the subscribers wrote it
	 * @param extra headers of the gateway, such as {@code offset}
	 */
	public MessageEncoder(Message message, String destination, List<Header> extra) {
		this.message = message;
		this.destination = destination;
		this.extra = extra;
	}

	/**
	 * The frame for one subscription, or for all that have the same id.
	 * @param version of the subscriber's connection
	 * @param subscriptionId the value of {@code subscription}, or null for one of STOMP
	 * 1.0 that was made without an id, whose frames have no such header
	 * @param ack the value of {@code ack}, or null where the subscription does not
	 * acknowledge
	 * @param reserve bytes left free at the front of the array
	 * @return an array of {@code reserve} free bytes and the frame, nothing behind
	 */
	public byte[] encode(Version version, @Nullable String subscriptionId, @Nullable String ack, int reserve) {
		FrameWriter rest = shared(version);
		int expected = START.length() + length(SUBSCRIPTION, subscriptionId) + length(ACK, ack) + rest.length();
		FrameWriter writer = new FrameWriter(reserve, expected).raw(START);
		if (subscriptionId != null) {
			writer.raw(SUBSCRIPTION).text(subscriptionId, version, false).raw('\n');
		}
		if (ack != null) {
			writer.raw(ACK).text(ack, version, false).raw('\n');
		}
		return writer.raw(rest).bytes();
	}

	private static int length(String name, @Nullable String value) {
		return (value != null) ? name.length() + value.length() + 1 : 0;
	}

	/**
	 * Whether every frame of this message is UTF-8 and may leave as text. Headers always
	 * are, so it is the body that decides.
	 */
	public boolean utf8() {
		if (this.utf8 == null) {
			byte[] body = this.message.body();
			this.utf8 = Utf8Validator.isValid(body, 0, body.length);
		}
		return this.utf8;
	}

	private FrameWriter shared(Version version) {
		FrameWriter rest = this.shared[version.ordinal()];
		if (rest == null) {
			rest = write(version);
			this.shared[version.ordinal()] = rest;
		}
		return rest;
	}

	private FrameWriter write(Version version) {
		Message message = this.message;
		FrameWriter writer = new FrameWriter(0,
				USUAL_HEADERS + 32 * (this.extra.size() + message.headers().size()) + message.body().length);
		writer.header("destination", this.destination, version).header("message-id", message.id(), version);
		if (message.contentType() != null) {
			writer.header("content-type", message.contentType(), version);
		}
		for (Header header : this.extra) {
			writer.header(header.name(), header.value(), version);
		}
		for (Map.Entry<String, String> header : message.headers().entrySet()) {
			writer.header(header.getKey(), header.getValue(), version);
		}
		return writer.body(message.body(), true);
	}

}
