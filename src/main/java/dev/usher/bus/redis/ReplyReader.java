package dev.usher.bus.redis;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the replies to PUBLISH: a number, or an error. They may come in any pieces. For
 * one thread.
 */
final class ReplyReader {

	/** Characters of an error that are kept. */
	private static final int MOST = 512;

	private final Replies replies;

	private final StringBuilder error = new StringBuilder();

	/** The first character of the line, 0 before it has come. */
	private int type;

	/** Takes replies, in their order. */
	@FunctionalInterface
	interface Replies {

		/**
		 * @param error what the engine did not like, or null if it has published
		 */
		void onReply(@Nullable String error);

	}

	ReplyReader(Replies replies) {
		this.replies = replies;
	}

	/**
	 * Reads all of it.
	 * @return whether these were replies to PUBLISH; if not, the connection is of no use
	 */
	boolean read(ByteBuf bytes) {
		while (bytes.isReadable()) {
			byte next = bytes.readByte();
			if (this.type == 0) {
				if (next != ':' && next != '-') {
					return false;
				}
				this.type = next;
			}
			else if (next == '\n') {
				end();
			}
			else if (this.type == '-' && next != '\r' && this.error.length() < MOST) {
				this.error.append((char) (next & 0xff));
			}
		}
		return true;
	}

	private void end() {
		String said = (this.type == '-') ? this.error.toString() : null;
		this.type = 0;
		this.error.setLength(0);
		this.replies.onReply(said);
	}

}
