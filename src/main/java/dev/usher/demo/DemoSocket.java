package dev.usher.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/** A WebSocket of one user of the walk, whose every frame is shown. */
final class DemoSocket implements AutoCloseable {

	/** How long a step waits for what it expects; on a busy machine all takes longer. */
	static final Duration PATIENCE = Duration.ofSeconds(10);

	/** What a close of the socket looks like among the frames. */
	static final String CLOSED = "(closed)";

	private final String user;

	private final DemoPrinter printer;

	private final BlockingQueue<DemoFrame> arrived = new LinkedBlockingQueue<>();

	private final WebSocket socket;

	DemoSocket(HttpClient http, URI gateway, String user, DemoPrinter printer) {
		this.user = user;
		this.printer = printer;
		URI address = URI.create("ws://" + gateway.getAuthority() + "/ws");
		this.socket = await("open a WebSocket at " + address,
				http.newWebSocketBuilder()
					.subprotocols("v12.stomp")
					.connectTimeout(PATIENCE)
					.buildAsync(address, new Arrivals(this.arrived)));
	}

	/** Prints a frame and sends it; waits until it is written. */
	void send(DemoFrame frame) {
		this.printer.sent(this.user, frame);
		await("send " + frame.command(), this.socket.sendText(frame.wire(), true));
	}

	/**
	 * Waits for the next frame, which must be of this kind.
	 * @throws DemoException if another one comes, or none
	 */
	DemoFrame expect(String command) {
		try {
			DemoFrame frame = this.arrived.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
			if (frame == null) {
				throw new DemoException(
						this.user + " got no " + command + " within " + PATIENCE.toSeconds() + " seconds.");
			}
			this.printer.received(this.user, frame);
			if (!frame.command().equals(command)) {
				throw new DemoException(this.user + " got this in place of " + command + ".");
			}
			return frame;
		}
		catch (InterruptedException ex) {
			throw interrupted();
		}
	}

	private static <T> T await(String what, CompletableFuture<T> outcome) {
		try {
			return outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new DemoException("Could not " + what + ": " + ((ex.getCause() != null) ? ex.getCause() : ex));
		}
		catch (InterruptedException ex) {
			throw interrupted();
		}
	}

	static DemoException interrupted() {
		Thread.currentThread().interrupt();
		return new DemoException("The walk was interrupted.");
	}

	@Override
	public void close() {
		this.socket.abort();
	}

	/** Puts together what arrives; called by one thread at a time. */
	private static final class Arrivals implements WebSocket.Listener {

		private final BlockingQueue<DemoFrame> arrived;

		private final StringBuilder text = new StringBuilder();

		private Arrivals(BlockingQueue<DemoFrame> arrived) {
			this.arrived = arrived;
		}

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.text.append(data);
			if (last) {
				// A lone end of line is a heart-beat.
				if (!this.text.toString().isBlank()) {
					this.arrived.add(DemoFrame.parse(this.text.toString()));
				}
				this.text.setLength(0);
			}
			socket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
			this.arrived.add(DemoFrame.of(CLOSED, "status", Integer.toString(status), "reason", reason));
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			String what = (error instanceof IOException) ? "connection lost" : error.toString();
			this.arrived.add(DemoFrame.of(CLOSED, "status", "none", "reason", what));
		}

	}

}
