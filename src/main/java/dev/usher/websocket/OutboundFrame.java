package dev.usher.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * A whole WebSocket message as it goes over the wire: header and payload in one array,
 * encoded once and shared by everybody it goes to. Never changed after it was made. A
 * server does not mask (RFC 6455, section 5.1), which is what makes the sharing possible.
 */
public final class OutboundFrame {

	/** Bytes to leave free before a payload, room for the longest header. */
	public static final int RESERVE = 10;

	/** The longest payload of a control frame (RFC 6455, section 5.5). */
	static final int MAX_CONTROL = 125;

	private static final int FIN = 0x80;

	private static final int RSV1 = 0x40;

	/** What an object and an array take beside the bytes, and an entry of a queue. */
	private static final int OVERHEAD = 64;

	private static final AtomicIntegerFieldUpdater<OutboundFrame> HOLDERS = AtomicIntegerFieldUpdater
		.newUpdater(OutboundFrame.class, "holders");

	private final byte[] bytes;

	private final int offset;

	/** How many queues hold it for a peer that does not take it. */
	private volatile int holders;

	private volatile @Nullable OutboundFrame deflated;

	private OutboundFrame(byte[] bytes, int offset) {
		this.bytes = bytes;
		this.offset = offset;
	}

	/**
	 * A message in one frame.
	 * @param bytes {@link #RESERVE} free bytes, then the payload up to the end of the
	 * array, which is given away
	 * @param text whether the payload is valid UTF-8 and leaves as a text message
	 */
	public static OutboundFrame message(byte[] bytes, boolean text) {
		return withHeader(bytes, FIN | ((text) ? Opcode.TEXT : Opcode.BINARY));
	}

	static OutboundFrame compressed(byte[] bytes, boolean text) {
		return withHeader(bytes, FIN | RSV1 | ((text) ? Opcode.TEXT : Opcode.BINARY));
	}

	static OutboundFrame pong(byte[] payload, int length) {
		return control(Opcode.PONG, payload, length);
	}

	/**
	 * A message of Spring's.
	 * @throws IllegalArgumentException where it is none that can be sent: a ping or pong
	 * of more than 125 bytes
	 */
	static OutboundFrame of(WebSocketMessage<?> message) {
		if (message instanceof TextMessage text) {
			return message(reserved(text.asBytes()), true);
		}
		ByteBuffer payload = ((ByteBuffer) message.getPayload()).slice();
		byte[] bytes = new byte[payload.remaining()];
		payload.get(bytes);
		if (message instanceof BinaryMessage) {
			return message(reserved(bytes), false);
		}
		Assert.isTrue(bytes.length <= MAX_CONTROL, "A ping or pong has 125 bytes at most");
		return control((message instanceof PingMessage) ? Opcode.PING : Opcode.PONG, bytes, bytes.length);
	}

	private static byte[] reserved(byte[] payload) {
		byte[] bytes = new byte[RESERVE + payload.length];
		System.arraycopy(payload, 0, bytes, RESERVE, payload.length);
		return bytes;
	}

	/** Whether a status may be in a close frame (section 7.4.2). */
	static boolean mayBeClosedWith(int status) {
		return (status >= 1000 && status <= 1014 && status != 1004 && status != CloseStatus.NO_STATUS_CODE.getCode()
				&& status != CloseStatus.NO_CLOSE_FRAME.getCode()) || (status >= 3000 && status <= 4999);
	}

	/** A close frame, which names no status where it is one that is never sent. */
	static OutboundFrame close(CloseStatus close) {
		int status = close.getCode();
		if (!mayBeClosedWith(status)) {
			return control(Opcode.CLOSE, new byte[0], 0);
		}
		byte[] text = ((close.getReason() != null) ? close.getReason() : "").getBytes(StandardCharsets.UTF_8);
		byte[] payload = new byte[MAX_CONTROL];
		payload[0] = (byte) (status >> 8);
		payload[1] = (byte) status;
		int length = Math.min(text.length, MAX_CONTROL - 2);
		while (length < text.length && length > 0 && (text[length] & 0xc0) == 0x80) {
			length--;
		}
		System.arraycopy(text, 0, payload, 2, length);
		return control(Opcode.CLOSE, payload, length + 2);
	}

	private static OutboundFrame control(int opcode, byte[] payload, int length) {
		byte[] bytes = new byte[RESERVE + length];
		System.arraycopy(payload, 0, bytes, RESERVE, length);
		return withHeader(bytes, FIN | opcode);
	}

	private static OutboundFrame withHeader(byte[] bytes, int first) {
		int length = bytes.length - RESERVE;
		int offset;
		if (length <= MAX_CONTROL) {
			offset = RESERVE - 2;
			bytes[offset + 1] = (byte) length;
		}
		else if (length <= 0xffff) {
			offset = RESERVE - 4;
			bytes[offset + 1] = 126;
			bytes[offset + 2] = (byte) (length >> 8);
			bytes[offset + 3] = (byte) length;
		}
		else {
			offset = 0;
			bytes[1] = 127;
			for (int i = 0; i < 4; i++) {
				bytes[2 + i] = 0;
				bytes[6 + i] = (byte) (length >> (24 - 8 * i));
			}
		}
		bytes[offset] = (byte) first;
		return new OutboundFrame(bytes, offset);
	}

	/** The same message deflated, made once for all who want it so. */
	OutboundFrame deflated() {
		OutboundFrame frame = this.deflated;
		if (frame == null) {
			frame = PerMessageDeflate.deflate(this);
			this.deflated = frame;
		}
		return frame;
	}

	byte[] bytes() {
		return this.bytes;
	}

	int offset() {
		return this.offset;
	}

	/** One queue more holds it; says whether it is the first. */
	boolean hold() {
		return HOLDERS.getAndIncrement(this) == 0;
	}

	/** One queue less holds it; says whether it was the last. */
	boolean letGo() {
		return HOLDERS.decrementAndGet(this) == 0;
	}

	/** Bytes in memory. */
	public int memory() {
		return this.bytes.length + OVERHEAD;
	}

	/** Bytes on the wire. */
	public int length() {
		return this.bytes.length - this.offset;
	}

	boolean isText() {
		return (this.bytes[this.offset] & 0x0f) == Opcode.TEXT;
	}

	boolean isControl() {
		return (this.bytes[this.offset] & 0x08) != 0;
	}

}
