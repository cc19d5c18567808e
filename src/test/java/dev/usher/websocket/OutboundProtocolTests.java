package dev.usher.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

import dev.usher.websocket.WebSocket.Offer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The way out of one connection in every order its steps can have: threads that queue and
 * write at the same time, a peer that takes all, some or nothing, an end point that takes
 * everything and keeps it, call-backs at once, later or never. At the end nothing may
 * wait that nobody will wake, and what left is what was queued, once and in order.
 */
class OutboundProtocolTests {

	/**
	 * Within one run. A defect of this kind needs one or two, and each one more makes ten
	 * times as many runs.
	 */
	private static final int PREEMPTIONS = 2;

	private static final WebSocketLimits LIMITS = new WebSocketLimits(1000, 1000, Duration.ofSeconds(5), false);

	@ParameterizedTest(name = "{0} threads, {1} frames each, {2} refusals, fails {3}, closes {4}")
	@CsvSource({ "1,2,2,false,false", "2,1,2,false,false", "2,2,1,false,false", "3,1,1,false,false", "2,1,1,true,false",
			"2,1,1,false,true", "1,2,2,true,true" })
	void framesWhenThreadsAndCallBacksMeetInAnyOrderThenAllLeaveOnceAndNoneWaits(int threads, int frames, int refusals,
			boolean fails, boolean closes) throws InterruptedException {
		explore(threads, frames, closes, (steps) -> {
			FakeEndPoint endPoint = new FakeEndPoint(steps, refusals, fails);
			return new Way(steps, endPoint, endPoint.proxy());
		});
	}

	/** Where the channel is written to past the end point. */
	@ParameterizedTest(name = "{0} threads, {1} frames each, {2} refusals, fails {3}, closes {4}")
	@CsvSource({ "1,2,2,false,false", "2,1,2,false,false", "2,2,1,false,false", "2,1,1,true,false",
			"2,1,1,false,true" })
	void framesWhenTheChannelIsBareThenAllLeaveOnceAndNoneWaits(int threads, int frames, int refusals, boolean fails,
			boolean closes) throws InterruptedException {
		explore(threads, frames, closes, (steps) -> {
			FakeEndPoint endPoint = new FakeEndPoint(steps, refusals, fails);
			return new Way(steps, endPoint, endPoint.bare());
		});
	}

	private static void explore(int threads, int frames, boolean closes, Function<Interleavings, Way> ways)
			throws InterruptedException {
		try (Interleavings interleavings = new Interleavings(PREEMPTIONS)) {
			int runs = interleavings.explore((steps) -> ways.apply(steps).begin(threads, frames, closes));
			assertThat(runs).isGreaterThan(10);
		}
	}

	/** One connection and those who use it, for one run. */
	private static final class Way extends QuietListener {

		private final Interleavings steps;

		private final FakeEndPoint endPoint;

		private final WebSocketConnection connection;

		/** What was queued, in order. */
		private final StringBuilder queued = new StringBuilder();

		private long framesWritten;

		private boolean closed;

		Way(Interleavings steps, FakeEndPoint fake, EndPoint endPoint) {
			this.steps = steps;
			this.endPoint = fake;
			SocketSession session = new SocketSession(null, "/", KeptHeaders.of(HttpFields.EMPTY), null, Map.of());
			this.connection = new WebSocketConnection(endPoint, Runnable::run, FakeEndPoint.noScheduler(), session,
					this, LIMITS, false, new HeldBytes());
		}

		Runnable begin(int threads, int frames, boolean closes) {
			for (int i = 0; i < threads; i++) {
				String name = Character.toString('a' + i);
				this.steps.begin(name, () -> queueAndWrite(name, frames));
			}
			if (closes) {
				this.steps.begin("closer", this::closeNow);
			}
			return () -> check(closes);
		}

		private void queueAndWrite(String name, int frames) {
			for (int i = 0; i < frames; i++) {
				this.steps.step();
				String text = name + i;
				if (this.connection.offer(frame(text)) == Offer.QUEUED) {
					this.queued.append(text).append(' ');
				}
				onWritable();
			}
		}

		private void closeNow() {
			this.steps.step();
			this.connection.closeNow(frame("error"), CloseStatus.NORMAL);
			this.closed = true;
			onWritable();
		}

		private static OutboundFrame frame(String text) {
			byte[] bytes = new byte[OutboundFrame.RESERVE + text.length() + 1];
			byte[] payload = (text + ' ').getBytes(StandardCharsets.US_ASCII);
			System.arraycopy(payload, 0, bytes, OutboundFrame.RESERVE, payload.length);
			return OutboundFrame.message(bytes, true);
		}

		@Override
		public void onWritable() {
			do {
				this.steps.step();
			}
			while (this.connection.writeSome());
		}

		@Override
		public void onWritten(long frames) {
			assertThat(frames).isGreaterThanOrEqualTo(this.framesWritten);
			this.framesWritten = frames;
			this.steps.step();
		}

		@Override
		public void onBlocked() {
			this.steps.step();
		}

		private void check(boolean closes) {
			String left = this.endPoint.left();
			if (this.endPoint.hasFailed()) {
				assertThat(this.connection.queuedBytes()).as("queued after the end").isZero();
				return;
			}
			assertThat(this.endPoint.kept()).as("bytes that were taken and never left").isZero();
			assertThat(this.connection.queuedBytes()).as("bytes that wait and nobody wakes").isZero();
			if (closes) {
				assertThat(this.closed).isTrue();
				assertThat(left).as("the last words").endsWith("error ");
				assertThat(this.queued + "error ").startsWith(left.substring(0, left.length() - "error ".length()));
			}
			else {
				assertThat(left).isEqualTo(this.queued.toString());
				assertThat(this.framesWritten).isEqualTo(this.connection.framesQueued());
			}
		}

	}

	/** Hears nothing. */
	private abstract static class QuietListener implements PayloadListener {

		@Override
		public void onOpen(WebSocket socket) {
		}

		@Override
		public void onReadBegin() {
		}

		@Override
		public void onRead(int bytes) {
		}

		@Override
		public void onPayload(ByteBuffer payload) {
		}

		@Override
		public void onPing() {
		}

		@Override
		public void onReadComplete() {
		}

		@Override
		public Offer onSend(OutboundFrame frame) {
			return Offer.CLOSED;
		}

		@Override
		public void onBroken(Throwable failure) {
		}

		@Override
		public void onClosed(int status) {
		}

		@Override
		public void onCloseAsked(CloseStatus status) {
		}

		@Override
		public @Nullable Principal principal() {
			return null;
		}

	}

}
