package dev.usher.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.usher.testing.RawWebSocket.Frame;

/**
 * A STOMP client that sends what it is told to and reads one frame at a time.
 */
public final class StompClient implements AutoCloseable {

	private final RawWebSocket socket;

	private final Consumer<Frame> witness;

	private int receipts;

	public StompClient(RawWebSocket socket) {
		this(socket, (frame) -> {
		});
	}

	/**
	 * Lets somebody else see what is read as well.
	 * @param witness is shown every message and every close
	 */
	public StompClient(RawWebSocket socket, Consumer<Frame> witness) {
		this.socket = socket;
		this.witness = witness;
	}

	/** Opens a socket to {@code /ws} and sends nothing. */
	public static StompClient open(int port, String... headers) {
		StompFrame asHeaders = StompFrame.of("", headers);
		RawWebSocket socket = RawWebSocket.open(port, "/ws", asHeaders.headers());
		if (socket.handshake().status() != 101) {
			throw new AssertionError("handshake refused: " + socket.handshake());
		}
		return new StompClient(socket);
	}

	/** Opens a socket and a session. */
	public static StompClient connect(int port, String token, String... headers) {
		StompClient client = open(port);
		client.sendConnect(token, headers);
		client.expect("CONNECTED");
		return client;
	}

	/** Sends CONNECT, version 1.2 unless the headers say otherwise. */
	public StompClient sendConnect(String token, String... headers) {
		List<String> all = new ArrayList<>(Arrays.asList(headers));
		all.add("accept-version:1.2");
		all.add("Authorization:Bearer " + token);
		return send("CONNECT", all.toArray(String[]::new));
	}

	public RawWebSocket socket() {
		return this.socket;
	}

	public StompClient send(String command, String... headers) {
		return send(StompFrame.of(command, headers));
	}

	public StompClient send(StompFrame frame) {
		this.socket.send(true, RawWebSocket.TEXT, frame.bytes());
		return this;
	}

	/** Several frames in one WebSocket message. */
	public StompClient sendTogether(StompFrame... frames) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (StompFrame frame : frames) {
			all.writeBytes(frame.bytes());
		}
		this.socket.send(true, RawWebSocket.TEXT, all.toByteArray());
		return this;
	}

	/** Bytes as they are, in one text message. */
	public StompClient sendRaw(String text) {
		this.socket.send(true, RawWebSocket.TEXT, text.getBytes(StandardCharsets.UTF_8));
		return this;
	}

	/** Subscribes and waits until it has taken effect. */
	public StompClient subscribe(String id, String destination, String... headers) {
		List<String> all = new ArrayList<>(List.of("id:" + id, "destination:" + destination));
		all.addAll(Arrays.asList(headers));
		return sendAndWait("SUBSCRIBE", all.toArray(String[]::new));
	}

	/** Sends a frame with a receipt and waits for it. */
	public StompClient sendAndWait(String command, String... headers) {
		receipt(StompFrame.of(command, headers));
		return this;
	}

	/** Sends a frame with a receipt and gives the RECEIPT. */
	public StompFrame receipt(StompFrame frame) {
		String receipt = "r" + this.receipts++;
		frame.headers().put("receipt", receipt);
		send(frame);
		StompFrame answer = expect("RECEIPT");
		if (!receipt.equals(answer.header("receipt-id"))) {
			throw new AssertionError("expected receipt " + receipt + ", got " + answer);
		}
		return answer;
	}

	public StompClient publish(String destination, String body) {
		return send(StompFrame.of("SEND", "destination:" + destination).body(body));
	}

	/** The next frame, heart-beats left out. */
	public StompFrame read() {
		Frame frame = readMessage();
		if (frame.opcode() == RawWebSocket.CLOSE) {
			throw new AssertionError("closed: " + frame.closeStatus() + " " + frame.closeReason());
		}
		return StompFrame.parse(frame.payload());
	}

	/** The next WebSocket message or close, heart-beats left out. */
	public Frame readMessage() {
		Frame frame;
		do {
			frame = this.socket.read();
		}
		while (frame.opcode() == RawWebSocket.PONG || Arrays.equals(frame.payload(), new byte[] { '\n' }));
		this.witness.accept(frame);
		return frame;
	}

	public StompFrame expect(String command) {
		StompFrame frame = read();
		if (!frame.command().equals(command)) {
			throw new AssertionError("expected " + command + ", got " + frame);
		}
		return frame;
	}

	/** Expects an ERROR of this code, then the close of this number. */
	public StompFrame expectError(String code, int closeStatus) {
		StompFrame error = read();
		if (!error.command().equals("ERROR") || !code.equals(error.header("code"))) {
			throw new AssertionError("expected ERROR " + code + ", got " + error);
		}
		expectClose(closeStatus, code);
		return error;
	}

	/** Reads over any MESSAGE until the ERROR of this code and its close. */
	public void expectErrorAfterMessages(String code, int closeStatus) {
		StompFrame frame = read();
		while (frame.command().equals("MESSAGE") || frame.command().equals("RECEIPT")) {
			frame = read();
		}
		if (!frame.command().equals("ERROR") || !code.equals(frame.header("code"))) {
			throw new AssertionError("expected ERROR " + code + ", got " + frame);
		}
		expectClose(closeStatus, code);
	}

	public void expectClose(int status, String reason) {
		Frame close = readMessage();
		if (close.opcode() != RawWebSocket.CLOSE || close.closeStatus() != status
				|| !close.closeReason().equals(reason)) {
			throw new AssertionError("expected close " + status + " " + reason + ", got " + close.opcode() + " "
					+ close.closeStatus() + " " + close.closeReason() + " " + close.text());
		}
	}

	/** Shows that nothing is on its way: a receipt comes back first. */
	public StompClient expectNothing() {
		return sendAndWait("SEND", "destination:/topic/nobody-listens-here");
	}

	/** Answers the server's close, as a browser does. */
	public void answerClose() {
		this.socket.send(true, RawWebSocket.CLOSE, new byte[0]);
	}

	@Override
	public void close() {
		this.socket.close();
	}

	public static Map<String, String> headers(String... headers) {
		return StompFrame.of("", headers).headers();
	}

}
