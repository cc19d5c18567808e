package dev.usher.stomp;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * What arrived is no frame ({@link Reason#BAD_FRAME}) or is over a limit
 * ({@link Reason#TOO_LARGE}). Fatal: where the next frame would start is unknown.
 */
public final class FrameException extends RefusedException {

	private final @Nullable String receiptId;

	FrameException(Reason reason, String message, @Nullable String receiptId) {
		super(reason, message);
		this.receiptId = receiptId;
	}

	/** A failure found where the frame's receipt is not known. */
	static FrameException bad(String message) {
		return new FrameException(Reason.BAD_FRAME, message, null);
	}

	/** The same failure of the frame that asked for this receipt. */
	FrameException of(@Nullable String receiptId) {
		return new FrameException(reason(), text(), receiptId);
	}

	/**
	 * The {@code receipt} the broken frame asked for, where that was read before it
	 * broke; the ERROR frame names it as {@code receipt-id}.
	 */
	public @Nullable String receiptId() {
		return this.receiptId;
	}

}
