package dev.usher.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import dev.usher.websocket.WebSocket.Offer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class OutboundQueueTests {

	private final OutboundQueue queue = new OutboundQueue(100, new HeldBytes());

	private final ByteBuffer wire = ByteBuffer.allocate(1000);

	/** Two bytes of header and the text. */
	private static OutboundFrame frame(String text) {
		byte[] bytes = new byte[OutboundFrame.RESERVE + text.length()];
		System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, bytes, OutboundFrame.RESERVE, text.length());
		return OutboundFrame.message(bytes, true);
	}

	/** Takes what the queue has, as far as the peer takes it. */
	private void write(int peerTakes) {
		ByteBuffer gathered = ByteBuffer.allocate(1000);
		this.queue.claim(gathered);
		put(gathered.flip(), peerTakes);
	}

	private void put(ByteBuffer gathered, int peerTakes) {
		int count = Math.min(peerTakes, gathered.remaining());
		this.wire.put(gathered.array(), gathered.arrayOffset() + gathered.position(), count);
		this.queue.written(count);
		this.queue.release();
	}

	private String written() {
		return new String(this.wire.array(), 0, this.wire.position(), StandardCharsets.ISO_8859_1)
			.replaceAll("[^a-zA-Z]", "");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 5, 7, 100 })
	void framesWhenThePeerTakesThemInPiecesThenTheyLeaveWholeAndInOrder(int piece) {
		for (String text : new String[] { "abc", "d", "", "efgh" }) {
			assertThat(this.queue.offer(frame(text))).isEqualTo(Offer.QUEUED);
		}
		assertThat(this.queue.bytes()).isEqualTo(16);
		while (this.queue.bytes() > 0) {
			write(piece);
		}
		assertThat(written()).isEqualTo("abcdefgh");
		assertThat(this.wire.position()).isEqualTo(16);
		assertThat(this.queue.written()).isEqualTo(4);
		assertThat(this.queue.queued()).isEqualTo(4);
		assertThat(this.queue.head()).isNull();
	}

	/** As others may still send to a connection that is told why it ends. */
	@Test
	void closeWhenOthersOfferMeanwhileThenNoneComesBetweenItAndTheLastFrame() throws InterruptedException {
		OutboundFrame other = frame("x");
		for (int i = 0; i < 300; i++) {
			OutboundQueue busy = new OutboundQueue(Integer.MAX_VALUE, new HeldBytes());
			Thread sender = new Thread(() -> {
				// So many at most: this one may be held up for long before it closes.
				for (int n = 0; n < 1_000_000 && busy.offer(other) == Offer.QUEUED; n++) {
					Thread.onSpinWait();
				}
			});
			sender.start();
			while (busy.bytes() == 0) {
				Thread.onSpinWait();
			}
			assertThat(busy.close(frame("err"), frame("end"))).isTrue();
			sender.join();
			busy.keepLast(2);
			ByteBuffer left = ByteBuffer.allocate(100);
			busy.claim(left);
			assertThat(new String(left.array(), 0, left.position(), StandardCharsets.ISO_8859_1)).contains("err",
					"end");
		}
	}

	@Test
	void closeWhenThereIsNoRoomForTheLastFrameThenNothingIsDone() {
		this.queue.offer(frame("x".repeat(90)));
		assertThat(this.queue.close(frame("y".repeat(10)), frame("end"))).isFalse();
		assertThat(this.queue.isClosed()).isFalse();
		assertThat(this.queue.queued()).isOne();
		assertThat(this.queue.close(frame("end"))).isTrue();
		assertThat(this.queue.close(frame(""), frame("end"))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 4, 5, 6, 9, 13, 100 })
	void keepLastWhenSomeHasLeftThenWhatHasBegunAndTheLastLeaveAndNothingElse(int taken) {
		for (String text : new String[] { "aa", "bb", "cc" }) {
			this.queue.offer(frame(text));
		}
		this.queue.offer(frame("err"));
		this.queue.close(frame("end"));
		write(taken);
		this.queue.keepLast(2);
		this.queue.keepLast(2);
		while (this.queue.bytes() > 0) {
			write(100);
		}
		String begun = "aabbcc".substring(0, Math.min(6, (taken + 3) / 4 * 2));
		assertThat(written()).isEqualTo(begun + "errend");
		assertThat(this.queue.isClosedAndEmpty()).isTrue();
	}

	@Test
	void frameWhenTheLimitIsReachedThenItIsNotTaken() {
		assertThat(this.queue.offer(frame("x".repeat(60)))).isEqualTo(Offer.QUEUED);
		assertThat(this.queue.offer(frame("y".repeat(40)))).isEqualTo(Offer.FULL);
		assertThat(this.queue.offer(frame("y".repeat(36)))).isEqualTo(Offer.QUEUED);
		assertThat(this.queue.bytes()).isEqualTo(100);
		write(62);
		assertThat(this.queue.offer(frame("z".repeat(60)))).isEqualTo(Offer.QUEUED);
	}

	@Test
	void frameWhenItIsAloneThenItFitsHoweverLarge() {
		assertThat(this.queue.offer(frame("x".repeat(120)))).isEqualTo(Offer.QUEUED);
		assertThat(this.queue.offer(frame(""))).isEqualTo(Offer.FULL);
	}

	@Test
	void closeWhenQueuedThenNothingIsTakenAfterIt() {
		this.queue.offer(frame("a"));
		assertThat(this.queue.close(frame("close"))).isTrue();
		assertThat(this.queue.close(frame("again"))).isFalse();
		assertThat(this.queue.closeNow(frame("error"), frame("again"))).isFalse();
		assertThat(this.queue.offer(frame("b"))).isEqualTo(Offer.CLOSED);
		assertThat(this.queue.isClosedAndEmpty()).isFalse();
		write(1000);
		assertThat(written()).isEqualTo("aclose");
		assertThat(this.queue.isClosedAndEmpty()).isTrue();
	}

	@Test
	void closeWhenTheQueueIsFullThenItIsTakenAllTheSame() {
		this.queue.offer(frame("x".repeat(98)));
		assertThat(this.queue.close(frame("close"))).isTrue();
		write(1000);
		assertThat(written()).endsWith("xclose");
	}

	@Test
	void closeNowWhenNothingHasBegunThenOnlyTheLastFramesLeave() {
		this.queue.offer(frame("a"));
		this.queue.offer(frame("b"));
		assertThat(this.queue.closeNow(frame("error"), frame("close"))).isTrue();
		write(1000);
		assertThat(written()).isEqualTo("errorclose");
		assertThat(this.queue.bytes()).isZero();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4 })
	void closeNowWhenAFrameHasBegunThenItIsFinished(int begun) {
		this.queue.offer(frame("abc"));
		this.queue.offer(frame("never"));
		write(begun);
		this.queue.closeNow(frame("error"), frame("close"));
		write(1000);
		assertThat(written()).isEqualTo("abcerrorclose");
	}

	@Test
	void closeNowWhenTheFirstHasJustLeftThenTheSecondDoesNotFollow() {
		this.queue.offer(frame("abc"));
		this.queue.offer(frame("never"));
		write(5);
		this.queue.closeNow(frame("error"), frame("close"));
		write(1000);
		assertThat(written()).isEqualTo("abcerrorclose");
	}

	/** What one thread has gathered is on its way when another closes. */
	@Test
	void closeNowWhenBytesAreInFlightThenTheirFramesAreFinished() {
		this.queue.offer(frame("abc"));
		this.queue.offer(frame("def"));
		ByteBuffer gathered = ByteBuffer.allocate(8);
		this.queue.claim(gathered);
		this.queue.offer(frame("never"));
		this.queue.closeNow(frame("error"), frame("close"));
		put(gathered.flip(), 8);
		write(1000);
		assertThat(written()).isEqualTo("abcdeferrorclose");
	}

	@Test
	void closeNowWhenThePeerTookLessThanWasInFlightThenNoFrameIsCut() {
		this.queue.offer(frame("abc"));
		this.queue.offer(frame("def"));
		ByteBuffer gathered = ByteBuffer.allocate(100);
		this.queue.claim(gathered);
		this.queue.closeNow(frame("error"), frame("close"));
		put(gathered.flip(), 3);
		write(1000);
		assertThat(written()).isEqualTo("abcdeferrorclose");
	}

	@Test
	void closeNowWhenTheHeadIsBeingWrittenThenItIsFinishedAndTheRestForgotten() {
		this.queue.offer(frame("abc"));
		this.queue.offer(frame("never"));
		ByteBuffer head = this.queue.head();
		assertThat(head).isNotNull();
		this.queue.closeNow(frame("error"), frame("close"));
		put(head, 5);
		write(1000);
		assertThat(written()).isEqualTo("abcerrorclose");
	}

	@Test
	void queueWhenClaimedThenNobodyElseTakesFromItUntilItIsReleased() {
		this.queue.offer(frame("abc"));
		ByteBuffer gathered = ByteBuffer.allocate(100);
		assertThat(this.queue.claim(gathered)).isEqualTo(5);
		this.queue.offer(frame("def"));
		assertThat(this.queue.claim(this.wire)).isEqualTo(OutboundQueue.CLAIMED);
		assertThat(this.wire.position()).isZero();
		this.queue.written(5);
		assertThat(this.queue.claim(this.wire)).isEqualTo(OutboundQueue.CLAIMED);
		assertThat(this.queue.release()).isTrue();
		write(1000);
		assertThat(written()).isEqualTo("def");
		assertThat(this.queue.release()).isFalse();
		assertThat(this.queue.claim(gathered.clear())).isZero();
	}

	@Test
	void queueWhenDiscardedThenItIsEmptyAndClosed() {
		this.queue.offer(frame("abc"));
		this.queue.discard();
		assertThat(this.queue.offer(frame("d"))).isEqualTo(Offer.CLOSED);
		assertThat(this.queue.bytes()).isZero();
		assertThat(this.queue.head()).isNull();
		write(1000);
		assertThat(this.wire.position()).isZero();
		assertThat(this.queue.isClosedAndEmpty()).isTrue();
	}

	@Test
	void queueWhenDiscardedWhileBytesAreInFlightThenItsCountStaysAtNothing() {
		this.queue.offer(frame("abc"));
		ByteBuffer gathered = ByteBuffer.allocate(100);
		this.queue.claim(gathered);
		this.queue.discard();
		put(gathered.flip(), 5);
		assertThat(this.queue.bytes()).isZero();
	}

}
