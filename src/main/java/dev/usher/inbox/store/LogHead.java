package dev.usher.inbox.store;

/**
 * The row of a log as this node last saw it.
 *
 * @param id its number, never used again
 * @param address the destination's address
 * @param epoch its life
 * @param head the offset given last
 */
record LogHead(long id, String address, String epoch, long head) {

	LogHead withHead(long head) {
		return new LogHead(this.id, this.address, this.epoch, head);
	}

}
