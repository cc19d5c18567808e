package dev.usher.socket;

import java.util.List;

import dev.usher.stomp.Header;

/**
 * What is left to do once a frame has taken effect.
 *
 * @param receiptHeaders what its RECEIPT says beside the receipt id
 * @param afterReceipt what comes when the RECEIPT is queued
 */
record Effect(List<Header> receiptHeaders, Runnable afterReceipt) {

	/** Nothing but a plain RECEIPT. */
	static final Effect PLAIN = new Effect(List.of(), () -> {
	});

	/**
	 * No RECEIPT: it failed in a way that ends no connection, or the RECEIPT comes later.
	 */
	static final Effect WITHHELD = new Effect(List.of(), () -> {
	});

}
