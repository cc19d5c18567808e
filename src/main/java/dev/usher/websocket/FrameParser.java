package dev.usher.websocket;

import java.nio.ByteBuffer;
import java.util.Arrays;

import dev.usher.protocol.Utf8Validator;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Reads the frames of one peer (RFC 6455, section 5), however the bytes are cut. Holds no
 * payload but that of a control frame: data goes on as it arrives, so a frame may claim
 * any length and costs nothing here. Not for several threads at once.
 */
final class FrameParser {

	/** Takes what was read. The array of a data payload may be changed. */
	interface Sink {

		/**
		 * A piece of a message.
		 * @param last whether the message ends here
		 */
		void onData(byte[] bytes, int from, int to, boolean compressed, boolean text, boolean last);

		void onPing(byte[] payload);

		/** The peer's close; status 1005 where it gave none. */
		void onClose(int status);

	}

	private static final ThreadLocal<byte[]> UNMASKED = ThreadLocal.withInitial(() -> new byte[16 * 1024]);

	private final Sink sink;

	private final boolean deflateNegotiated;

	private State state = State.FIRST_BYTE;

	private byte opcode;

	private boolean fin;

	/** The opcode of the message whose frames are arriving, 0 between messages. */
	private byte messageOpcode;

	private boolean messageCompressed;

	private byte bytesLeft;

	private int mask;

	private long payloadLeft;

	private byte @Nullable [] control;

	private int controlLength;

	private enum State {

		FIRST_BYTE, SECOND_BYTE, LENGTH, MASK, PAYLOAD

	}

	FrameParser(Sink sink, boolean deflateNegotiated) {
		this.sink = sink;
		this.deflateNegotiated = deflateNegotiated;
	}

	void parse(ByteBuffer input) {
		while (input.hasRemaining()) {
			switch (this.state) {
				case FIRST_BYTE -> firstByte(input.get());
				case SECOND_BYTE -> secondByte(input.get());
				case LENGTH -> lengthByte(input.get() & 0xff);
				case MASK -> maskByte(input.get() & 0xff);
				case PAYLOAD -> payload(input);
			}
		}
	}

	private void firstByte(byte b) {
		this.fin = (b & 0x80) != 0;
		this.opcode = (byte) (b & 0x0f);
		boolean compressed = (b & 0x40) != 0;
		if ((b & 0x30) != 0 || (compressed && !(this.deflateNegotiated && startsMessage()))) {
			throw violation("A reserved bit is set.");
		}
		switch (this.opcode) {
			case Opcode.TEXT, Opcode.BINARY -> {
				if (this.messageOpcode != 0) {
					throw violation("A message began before the last one ended.");
				}
				this.messageOpcode = this.opcode;
				this.messageCompressed = compressed;
			}
			case Opcode.CONTINUATION -> {
				if (this.messageOpcode == 0) {
					throw violation("There is no message to continue.");
				}
			}
			case Opcode.CLOSE, Opcode.PING, Opcode.PONG -> {
				if (!this.fin) {
					throw violation("A control frame cannot be fragmented.");
				}
			}
			default -> throw violation("The opcode is reserved.");
		}
		this.state = State.SECOND_BYTE;
	}

	private boolean startsMessage() {
		return this.opcode == Opcode.TEXT || this.opcode == Opcode.BINARY;
	}

	private void secondByte(byte b) {
		if ((b & 0x80) == 0) {
			throw violation("A client's frames are masked.");
		}
		int length = b & 0x7f;
		if (isControl() && length > OutboundFrame.MAX_CONTROL) {
			throw violation("A control frame has 125 bytes at most.");
		}
		this.payloadLeft = 0;
		this.mask = 0;
		if (length < 126) {
			this.payloadLeft = length;
			this.bytesLeft = 4;
			this.state = State.MASK;
		}
		else {
			this.bytesLeft = (byte) ((length == 126) ? 2 : 8);
			this.state = State.LENGTH;
		}
	}

	private void lengthByte(int b) {
		this.payloadLeft = (this.payloadLeft << 8) | b;
		if (--this.bytesLeft == 0) {
			if (this.payloadLeft < 0) {
				throw violation("The highest bit of a length is 0.");
			}
			this.bytesLeft = 4;
			this.state = State.MASK;
		}
	}

	private void maskByte(int b) {
		this.mask = (this.mask << 8) | b;
		if (--this.bytesLeft == 0) {
			this.state = State.PAYLOAD;
			if (this.payloadLeft == 0) {
				data(new byte[0], 0);
			}
		}
	}

	private void payload(ByteBuffer input) {
		byte[] target = UNMASKED.get();
		int length = (int) Math.min(Math.min(this.payloadLeft, input.remaining()), target.length);
		unmask(input, target, length);
		this.payloadLeft -= length;
		data(target, length);
	}

	private void unmask(ByteBuffer input, byte[] target, int length) {
		input.get(target, 0, length);
		ByteBuffer view = ByteBuffer.wrap(target, 0, length);
		long wide = ((long) this.mask << 32) | (this.mask & 0xffffffffL);
		int i = 0;
		for (; i <= length - 8; i += 8) {
			view.putLong(i, view.getLong(i) ^ wide);
		}
		int key = this.mask;
		for (; i < length; i++) {
			key = Integer.rotateLeft(key, 8);
			target[i] ^= (byte) key;
		}
		// The next piece begins where this one left the key.
		this.mask = Integer.rotateLeft(this.mask, 8 * (length & 3));
	}

	private void data(byte[] bytes, int length) {
		boolean frameEnds = this.payloadLeft == 0;
		if (isControl()) {
			control(bytes, length, frameEnds);
		}
		else {
			boolean last = frameEnds && this.fin;
			boolean text = this.messageOpcode == Opcode.TEXT;
			if (last) {
				this.messageOpcode = 0;
			}
			if (frameEnds) {
				this.state = State.FIRST_BYTE;
			}
			this.sink.onData(bytes, 0, length, this.messageCompressed, text, last);
		}
	}

	private boolean isControl() {
		return (this.opcode & 0x08) != 0;
	}

	private void control(byte[] bytes, int length, boolean ends) {
		if (this.control == null) {
			this.control = new byte[OutboundFrame.MAX_CONTROL];
			this.controlLength = 0;
		}
		System.arraycopy(bytes, 0, this.control, this.controlLength, length);
		this.controlLength += length;
		if (!ends) {
			return;
		}
		byte[] payload = Arrays.copyOf(this.control, this.controlLength);
		this.control = null;
		this.state = State.FIRST_BYTE;
		switch (this.opcode) {
			case Opcode.PING -> this.sink.onPing(payload);
			case Opcode.CLOSE -> this.sink.onClose(closeStatus(payload));
			default -> {
				// A pong nobody asked for is allowed and means nothing (section 5.5.3).
			}
		}
	}

	private static int closeStatus(byte[] payload) {
		if (payload.length == 0) {
			return CloseStatus.NO_STATUS_CODE.getCode();
		}
		if (payload.length == 1) {
			throw violation("A close has a status of two bytes, or none.");
		}
		int status = ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
		if (!OutboundFrame.mayBeClosedWith(status)) {
			throw violation("The status of the close may not be sent.");
		}
		Utf8Validator validator = new Utf8Validator();
		if (!validator.accept(payload, 2, payload.length) || !validator.isComplete()) {
			throw new ProtocolViolationException(CloseStatus.BAD_DATA, "The reason of the close is not UTF-8.");
		}
		return status;
	}

	private static ProtocolViolationException violation(String message) {
		return new ProtocolViolationException(CloseStatus.PROTOCOL_ERROR, message);
	}

}
