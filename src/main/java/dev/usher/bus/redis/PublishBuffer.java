package dev.usher.bus.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongSupplier;

import dev.usher.bus.ByteWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Writes PUBLISH commands behind each other, each with a sealed frame, so that they leave
 * together. For one thread at a time.
 */
final class PublishBuffer {

	/** Bytes that it keeps room for; a longer run of commands is rare. */
	private static final int KEPT = 128 * 1024;

	private static final byte[] PUBLISH = "*3\r\n$7\r\nPUBLISH\r\n$".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] BULK = "\r\n$".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] END = "\r\n".getBytes(StandardCharsets.US_ASCII);

	private final BusFrame head;

	private final byte[] prefix;

	private final FrameSeal seal;

	private final LongSupplier clock;

	private ByteWriter commands = new ByteWriter(KEPT / 4);

	private long sequence;

	/**
	 * @param head of all frames, but for sequence and time
	 * @param prefix of the names of channels
	 * @param clock epoch milliseconds
	 */
	PublishBuffer(BusFrame head, String prefix, FrameSeal seal, LongSupplier clock) {
		this.head = head;
		this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
		this.seal = seal;
		this.clock = clock;
	}

	/** Adds one command. */
	void publish(String channel, List<Outgoing> entries) {
		ByteWriter writer = this.commands;
		byte[] name = channel.getBytes(StandardCharsets.UTF_8);
		int nameLength = this.prefix.length + name.length;
		writer.all(PUBLISH);
		decimal(nameLength);
		writer.all(END);
		int nameAt = writer.length();
		int frameLength = BusFrame.size(entries);
		writer.all(this.prefix).all(name).all(BULK);
		decimal(frameLength);
		writer.all(END);
		int frameAt = writer.length();
		new BusFrame(this.head.lanes(), this.head.lane(), this.head.origin(), ++this.sequence, this.clock.getAsLong())
			.write(entries, writer);
		this.seal.seal(writer.array(), nameAt, nameLength, frameAt, frameLength);
		writer.all(END);
	}

	private void decimal(int number) {
		if (number >= 10) {
			decimal(number / 10);
		}
		this.commands.raw('0' + number % 10);
	}

	/** How many bytes were added. */
	int length() {
		return this.commands.length();
	}

	/** Forgets what was added after a place. */
	void cut(int length) {
		this.commands.cut(length);
	}

	/** What was added; it is empty again. */
	ByteBuf take(ByteBufAllocator allocator) {
		int length = this.commands.length();
		ByteBuf taken = allocator.ioBuffer(length).writeBytes(this.commands.array(), 0, length);
		if (this.commands.array().length > 2 * KEPT) {
			this.commands = new ByteWriter(KEPT / 4);
		}
		this.commands.cut(0);
		return taken;
	}

}
