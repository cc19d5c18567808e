package dev.usher.client.java;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * One WebSocket with its STOMP session, until it ends; the next try is another link. What
 * arrives is handled on a thread of the HttpClient, and nothing more is read meanwhile.
 * Times are milliseconds.
 */
final class StompLink implements WebSocket.Listener {

	private static final long HEART_BEAT = 10_000;

	/** For a RECEIPT, and for the handshake and CONNECTED together. */
	private static final Duration PATIENCE = Duration.ofSeconds(15);

	/** How long nothing was heard when a write looks whether the connection still is. */
	private static final long QUIET = 1000;

	/**
	 * How many such writes follow the last frame. The JDK's WebSocket forgets the end of
	 * a connection that comes while its listener runs, as it does where a node dies that
	 * was sending. Then only writes find it: the first is answered with a reset, the
	 * second meets it, and the third is told.
	 */
	private static final int LOOKS = 3;

	/** No frame of a gateway is larger, in bytes. */
	private static final int LARGEST = 16 << 20;

	/** Completed with the reason when it has ended. */
	final CompletableFuture<UsherException> ended = new CompletableFuture<>();

	private final CompletableFuture<StompText> connected = new CompletableFuture<>();

	/** Gets each MESSAGE and RECEIPT. */
	private final BiConsumer<StompLink, StompText> onFrame;

	/** When each was asked for. */
	private final Map<String, Long> receipts = new ConcurrentHashMap<>();

	private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

	private CompletableFuture<WebSocket> sending = new CompletableFuture<>();

	private volatile long sentAt = now();

	private volatile long heardAt = now();

	/** How many are due yet. */
	private final AtomicInteger looks = new AtomicInteger();

	/** When the gateway was heard last, by the clock on the wall. */
	volatile Instant heard = Instant.now();

	/** How often a beat is due, of the gateway and from here; 0 for never. */
	private volatile long[] beats = { 0, 0 };

	StompLink(BiConsumer<StompLink, StompText> onFrame) {
		this.onFrame = onFrame;
	}

	private static long now() {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
	}

	/** Connects, and answers what CONNECTED says. */
	Map<String, String> connect(HttpClient http, URI url, String token) throws InterruptedException {
		CompletableFuture<WebSocket> opened = http.newWebSocketBuilder()
			.subprotocols("v12.stomp")
			.connectTimeout(PATIENCE)
			.buildAsync(url, this);
		this.ended.whenComplete((reason, cancelled) -> opened.thenAccept(WebSocket::abort));
		opened.thenAccept(this.sending::complete).exceptionally((failure) -> {
			end(refused(failure.getCause()));
			return null;
		});
		send("CONNECT", Map.of("accept-version", "1.2", "heart-beat", HEART_BEAT + "," + HEART_BEAT, "Authorization",
				"Bearer " + token));
		return TokenCache.await(this.connected, PATIENCE, "No CONNECTED: ").headers();
	}

	private static UsherException refused(@Nullable Throwable cause) {
		if (cause instanceof WebSocketHandshakeException refusal) {
			var answer = refusal.getResponse();
			return new UsherException("unreachable", "The handshake was answered with " + answer.statusCode() + ".",
					null, UsherException.seconds(answer.headers().firstValue("Retry-After").orElse("")), null);
		}
		return UsherException.of(cause, "unreachable", "The gateway could not be reached: ");
	}

	/** Sends a frame without a body, and waits for nothing. */
	void send(String command, Map<String, String> headers) {
		if (headers.containsKey("receipt")) {
			this.receipts.put(headers.get("receipt"), now());
		}
		write(StompText.write(command, headers));
	}

	private synchronized void write(String frame) {
		this.sentAt = now();
		this.sending = this.sending.thenCompose((socket) -> socket.sendText(frame, true));
		this.sending.whenComplete((socket, failure) -> {
			if (failure != null) {
				end(lost());
			}
		});
	}

	/** Called every second: ends what is gone, or has been silent for too long. */
	void watch() {
		if (this.beats[0] > 0 && now() - this.heardAt > 2 * this.beats[0]) {
			end(new UsherException("heartbeat_lost", "The gateway has been silent for too long."));
		}
		else if (this.receipts.values().stream().anyMatch((at) -> now() - at > PATIENCE.toMillis())) {
			end(new UsherException("timeout", "No RECEIPT within 15 s."));
		}
		else if (isLookDue() || (this.beats[1] > 0 && now() - this.sentAt >= this.beats[1] / 2)) {
			write("\n");
		}
	}

	private boolean isLookDue() {
		return now() - this.heardAt >= QUIET && this.looks.getAndUpdate((left) -> Math.max(left - 1, 0)) > 0;
	}

	@Override
	public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
		return onBinary(socket, StandardCharsets.UTF_8.encode(data.toString()), last);
	}

	@Override
	public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
		byte[] part = new byte[data.remaining()];
		data.get(part);
		this.heardAt = now();
		this.heard = Instant.now();
		this.parts.writeBytes(part);
		try {
			if (this.parts.size() > LARGEST) {
				throw new IllegalArgumentException("A frame of more than 16 MiB.");
			}
			if (last && this.parts.size() > 1) {
				this.looks.set(LOOKS);
				take(StompText.read(this.parts.toByteArray()));
			}
		}
		catch (RuntimeException ex) {
			end(new UsherException("internal_error", "What arrived cannot be understood: " + ex));
		}
		if (last) {
			this.parts.reset();
		}
		socket.request(1);
		return null;
	}

	private void take(StompText frame) {
		Map<String, String> headers = frame.headers();
		switch (frame.command()) {
			case "CONNECTED" -> {
				String[] often = headers.getOrDefault("heart-beat", "0,0").split(",");
				this.beats = new long[] { often(often[0]), often(often[1]) };
				this.connected.complete(frame);
			}
			case "ERROR" -> end(UsherException.of(headers));
			default -> {
				this.receipts.remove(headers.getOrDefault("receipt-id", ""));
				this.onFrame.accept(this, frame);
			}
		}
	}

	private static long often(String beat) {
		long millis = Long.parseLong(beat);
		return (millis > 0) ? Math.max(millis, HEART_BEAT) : 0;
	}

	@Override
	public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
		boolean named = status >= 4000 && status < 5000 && !reason.isEmpty();
		end(named ? UsherException.of(Map.of("code", reason)) : lost());
		return null;
	}

	@Override
	public void onError(WebSocket socket, Throwable error) {
		end(lost());
	}

	private static UsherException lost() {
		return new UsherException("connection_lost", "The connection was lost.");
	}

	void end(UsherException error) {
		this.connected.completeExceptionally(error);
		this.ended.complete(error);
	}

}
