package dev.usher.inbox.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.usher.inbox.Handout;
import dev.usher.inbox.MessageConsumer;
import dev.usher.inbox.StoredMessage;

/**
 * A consumer that remembers.
 */
final class Recorder implements MessageConsumer {

	private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

	private final CountDownLatch ended = new CountDownLatch(1);

	@Override
	public int onMessages(List<Handout> messages) {
		messages.forEach((each) -> this.received.add(new Received(each.message(), each.redelivered())));
		return messages.size();
	}

	@Override
	public void onEnded() {
		this.ended.countDown();
	}

	/** Waits for the next message. */
	Received next() {
		try {
			Received next = this.received.poll(30, TimeUnit.SECONDS);
			if (next == null) {
				throw new AssertionError("No message came");
			}
			return next;
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/** Waits for the next message; answers its body. */
	String body() {
		return next().body();
	}

	List<Long> offsets(int count) {
		List<Long> offsets = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			offsets.add(next().offset());
		}
		return offsets;
	}

	boolean isEmpty() {
		return this.received.isEmpty();
	}

	int size() {
		return this.received.size();
	}

	boolean awaitEnd() throws InterruptedException {
		return this.ended.await(20, TimeUnit.SECONDS);
	}

	record Received(StoredMessage message, boolean redelivered) {

		long offset() {
			return this.message.offset();
		}

		String body() {
			return new String(this.message.body(), StandardCharsets.UTF_8);
		}

	}

}
