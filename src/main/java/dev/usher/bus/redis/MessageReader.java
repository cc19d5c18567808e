package dev.usher.bus.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;

/**
 * Takes the messages out of what the engine sends on a connection that subscribes.
 * Everything else goes on to Lettuce as it is. Reads RESP3, in which a message is a push.
 */
final class MessageReader extends ByteToMessageDecoder {

	private static final byte[] MESSAGE = ">3\r\n$7\r\nmessage\r\n$".getBytes(StandardCharsets.US_ASCII);

	/** What ends a line. */
	private static final int CRLF = 2;

	private final Messages messages;

	private final Runnable end;

	/** Takes messages, on the thread of the connection. */
	@FunctionalInterface
	interface Messages {

		/** Takes one; both arrays are given away. */
		void onMessage(byte[] channel, byte[] body);

	}

	/**
	 * @param end is run when all that was read at once is taken
	 */
	MessageReader(Messages messages, Runnable end) {
		this.messages = messages;
		this.end = end;
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
		try {
			take(in, out);
		}
		catch (IllegalArgumentException ex) {
			// Not what Redis speaks: nothing behind it can be told apart.
			in.skipBytes(in.readableBytes());
			context.close();
		}
	}

	private void take(ByteBuf in, List<Object> out) {
		int end = end(in, in.readerIndex());
		while (end >= 0) {
			if (isMessage(in)) {
				message(in);
			}
			else {
				out.add(in.readRetainedSlice(end - in.readerIndex()));
			}
			end = end(in, in.readerIndex());
		}
	}

	private static boolean isMessage(ByteBuf in) {
		int at = in.readerIndex();
		if (in.readableBytes() < MESSAGE.length) {
			return false;
		}
		for (int i = 0; i < MESSAGE.length; i++) {
			if (in.getByte(at + i) != MESSAGE[i]) {
				return false;
			}
		}
		return true;
	}

	/** The whole of it is there. */
	private void message(ByteBuf in) {
		in.skipBytes(MESSAGE.length);
		byte[] channel = bulk(in);
		in.skipBytes(1);
		this.messages.onMessage(channel, bulk(in));
	}

	private static byte[] bulk(ByteBuf in) {
		int at = in.readerIndex();
		int line = lineEnd(in, at);
		byte[] bytes = new byte[(int) number(in, at, line)];
		in.readerIndex(line).readBytes(bytes).skipBytes(CRLF);
		return bytes;
	}

	/** Where the value ends that begins at a place, or -1 if its end has not come. */
	private static int end(ByteBuf in, int from) {
		long values = 1;
		int at = from;
		while (values > 0) {
			int line = lineEnd(in, at);
			if (line < 0) {
				return -1;
			}
			values--;
			long end = line;
			switch (in.getByte(at)) {
				case '*', '>', '~' -> values += Math.max(0, number(in, at + 1, line));
				case '%' -> values += 2 * number(in, at + 1, line);
				case '|' -> values += 2 * number(in, at + 1, line) + 1;
				case '$', '=', '!' -> {
					long length = number(in, at + 1, line);
					end += (length >= 0) ? length + CRLF : 0;
				}
				default -> {
				}
			}
			if (end > in.writerIndex()) {
				return -1;
			}
			at = (int) end;
		}
		return at;
	}

	/** Behind the end of the line, or -1 if it has not come. */
	private static int lineEnd(ByteBuf in, int from) {
		int end = in.writerIndex();
		for (int i = from; i < end; i++) {
			if (in.getByte(i) == '\n') {
				return i + 1;
			}
		}
		return -1;
	}

	private static long number(ByteBuf in, int from, int lineEnd) {
		boolean negative = in.getByte(from) == '-';
		long number = 0;
		for (int i = (negative) ? from + 1 : from; i < lineEnd - CRLF; i++) {
			int digit = in.getByte(i) - '0';
			if (digit < 0 || digit > 9 || number > Integer.MAX_VALUE) {
				throw new IllegalArgumentException("a length is no number");
			}
			number = 10 * number + digit;
		}
		return (negative) ? -number : number;
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) throws Exception {
		this.end.run();
		super.channelReadComplete(context);
	}

}
