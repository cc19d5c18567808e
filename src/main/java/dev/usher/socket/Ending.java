package dev.usher.socket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.usher.protocol.ProofRefusedException;
import dev.usher.protocol.Reason;
import dev.usher.protocol.Reason.Retry;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.FrameEncoder;
import dev.usher.stomp.FrameException;
import dev.usher.stomp.Header;
import dev.usher.stomp.Version;
import dev.usher.websocket.OutboundFrame;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection is being ended, and the ERROR frame that says so. The one place where
 * reasons become STOMP.
 *
 * @param reason the reason
 * @param text a sentence that is safe to show
 * @param receiptId the receipt the refused frame asked for
 * @param retryAfter how long to wait, where that helps
 * @param refusal the refusal it comes of, or null for an ending that is none
 */
record Ending(Reason reason, String text, @Nullable String receiptId, @Nullable Duration retryAfter,
		@Nullable RefusedException refusal) {

	/** What is spoken here, in the ERROR for a client that speaks nothing of it. */
	static final String VERSION = "version";

	/** A database that restarts is back by then, and an issuer may be. */
	private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

	Ending(Reason reason, String text, @Nullable String receiptId, @Nullable Duration retryAfter) {
		this(reason, text, receiptId, retryAfter, null);
	}

	static Ending of(Reason reason) {
		return new Ending(reason, reason.message(), null, null);
	}

	static Ending of(Reason reason, String text) {
		return of(new RefusedException(reason, text), null);
	}

	/**
	 * The ending a refusal leads to. A refusal that ends no connection elsewhere does
	 * here: STOMP has no other answer than an ERROR, and that is final.
	 */
	static Ending of(RefusedException refused, @Nullable String receiptId) {
		Reason reason = asEnding(refused.reason());
		String receipt = (refused instanceof FrameException broken) ? broken.receiptId() : receiptId;
		return new Ending(reason, refused.text(), receipt, refused.retryAfter().orElse(usualWait(reason)), refused);
	}

	private static Reason asEnding(Reason reason) {
		return (reason.endsConnection()) ? reason : Reason.BAD_FRAME;
	}

	/** How long to wait for what was refused because something is away. */
	private static @Nullable Duration usualWait(Reason reason) {
		boolean away = reason == Reason.STORAGE_UNAVAILABLE || reason == Reason.ISSUER_UNAVAILABLE;
		return (away) ? RETRY_AFTER : null;
	}

	/**
	 * Whether what is queued may still be delivered. Not once the right to it has ended,
	 * and not to a peer that does not read it.
	 */
	boolean deliversQueued() {
		return switch (this.reason) {
			case TOKEN_EXPIRED, REVOKED, SLOW_CONSUMER, HEARTBEAT_LOST, REPLACED -> false;
			default -> true;
		};
	}

	OutboundFrame errorFrame(Version version) {
		List<Header> headers = new ArrayList<>();
		headers.add(new Header("code", this.reason.code()));
		headers.add(new Header("message", this.text));
		headers.add(new Header("retry", this.reason.retry().orElse(Retry.NO).word()));
		if (this.retryAfter != null) {
			headers.add(new Header("retry-after", RefusedException.seconds(this.retryAfter)));
		}
		if (this.refusal != null) {
			if (this.refusal instanceof ProofRefusedException proof) {
				proof.nonce().ifPresent((nonce) -> headers.add(new Header("nonce", nonce)));
			}
			if (this.refusal.members().get(VERSION) instanceof String spoken) {
				headers.add(new Header(VERSION, spoken));
			}
			this.refusal.incident().ifPresent((incident) -> headers.add(new Header("incident", incident)));
		}
		if (this.receiptId != null) {
			headers.add(new Header("receipt-id", this.receiptId));
		}
		return OutboundFrame.message(FrameEncoder.encode(version, "ERROR", headers, new byte[0], OutboundFrame.RESERVE),
				true);
	}

}
