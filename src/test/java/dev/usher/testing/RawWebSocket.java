package dev.usher.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The client's end of a WebSocket, byte by byte: it can send what no library would. Reads
 * wait for half a minute at most.
 */
public final class RawWebSocket implements AutoCloseable {

	public static final int CONTINUATION = 0x0;

	public static final int TEXT = 0x1;

	public static final int BINARY = 0x2;

	public static final int CLOSE = 0x8;

	public static final int PING = 0x9;

	public static final int PONG = 0xa;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Socket socket;

	private final DataInputStream in;

	private final OutputStream out;

	private final Answer handshake;

	/** The answer to a handshake. */
	public record Answer(int status, Map<String, String> headers, String body) {
	}

	/** A frame of the server. */
	public record Frame(boolean fin, boolean rsv1, int opcode, byte[] payload) {

		public String text() {
			return new String(this.payload, StandardCharsets.UTF_8);
		}

		/** The status of a close, 1005 where it has none. */
		public int closeStatus() {
			return (this.payload.length < 2) ? 1005 : ((this.payload[0] & 0xff) << 8) | (this.payload[1] & 0xff);
		}

		public String closeReason() {
			return (this.payload.length < 2) ? ""
					: new String(this.payload, 2, this.payload.length - 2, StandardCharsets.UTF_8);
		}

	}

	private RawWebSocket(Socket socket, String request) throws IOException {
		this.socket = socket;
		this.socket.setSoTimeout((int) PATIENCE.toMillis());
		this.socket.setTcpNoDelay(true);
		this.in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
		this.out = socket.getOutputStream();
		this.out.write(request.getBytes(StandardCharsets.ISO_8859_1));
		this.out.flush();
		this.handshake = readAnswer(this.in);
	}

	/** Opens one; the handshake may be refused, see {@link #handshake()}. */
	public static RawWebSocket open(int port, String path, Map<String, String> headers) {
		return open(port, path, headers, 0);
	}

	/** The same with a small receive buffer, for a client that will not read. */
	public static RawWebSocket open(int port, String path, Map<String, String> headers, int receiveBuffer) {
		return send(port, upgrade(port, path, headers), receiveBuffer);
	}

	/** The same over TLS. */
	public static RawWebSocket openSecure(int port, String path, Map<String, String> headers, int receiveBuffer) {
		try {
			return new RawWebSocket(TestTls.client().connect(port, receiveBuffer), upgrade(port, path, headers));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String upgrade(int port, String path, Map<String, String> headers) {
		Map<String, String> all = new LinkedHashMap<>();
		all.put("Host", "localhost:" + port);
		all.put("Upgrade", "websocket");
		all.put("Connection", "Upgrade");
		all.put("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
		all.put("Sec-WebSocket-Version", "13");
		all.put("Sec-WebSocket-Protocol", "v12.stomp, v11.stomp, v10.stomp");
		headers.forEach((name, value) -> {
			if (value.isEmpty()) {
				all.remove(name);
			}
			else {
				all.put(name, value);
			}
		});
		StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\n");
		all.forEach((name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
		return request.append("\r\n").toString();
	}

	/** Sends a request as it is. */
	public static RawWebSocket send(int port, String request) {
		return send(port, request, 0);
	}

	private static RawWebSocket send(int port, String request, int receiveBuffer) {
		try {
			Socket socket = new Socket();
			if (receiveBuffer > 0) {
				socket.setReceiveBufferSize(receiveBuffer);
			}
			socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			return new RawWebSocket(socket, request);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Answer readAnswer(InputStream in) throws IOException {
		String[] first = readLine(in).split(" ");
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
			int colon = line.indexOf(':');
			headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
		}
		byte[] body = headers.getOrDefault("transfer-encoding", "").equals("chunked") ? readChunks(in)
				: in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
		return new Answer(Integer.parseInt(first[1]), headers, new String(body, StandardCharsets.UTF_8));
	}

	private static byte[] readChunks(InputStream in) throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (int length = Integer.parseInt(readLine(in), 16); length > 0; length = Integer.parseInt(readLine(in), 16)) {
			body.write(in.readNBytes(length));
			readLine(in);
		}
		readLine(in);
		return body.toByteArray();
	}

	private static String readLine(InputStream in) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int b = in.read(); b != '\n'; b = in.read()) {
			if (b < 0) {
				throw new EOFException("no answer, but: " + line);
			}
			line.write(b);
		}
		return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
	}

	public Answer handshake() {
		return this.handshake;
	}

	/**
	 * Sends another request as it is, where the one before was answered and left the
	 * connection open.
	 */
	public Answer ask(String request) {
		try {
			this.out.write(request.getBytes(StandardCharsets.ISO_8859_1));
			this.out.flush();
			return readAnswer(this.in);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Sends one masked frame. */
	public RawWebSocket send(boolean fin, int opcode, byte[] payload) {
		return sendBytes(frame(((fin) ? 0x80 : 0) | opcode, payload));
	}

	public RawWebSocket text(String text) {
		return send(true, TEXT, text.getBytes(StandardCharsets.UTF_8));
	}

	/** A masked frame with a first byte of one's choice. */
	public static byte[] frame(int firstByte, byte[] payload) {
		ByteArrayOutputStream frame = new ByteArrayOutputStream();
		frame.write(firstByte);
		if (payload.length < 126) {
			frame.write(0x80 | payload.length);
		}
		else if (payload.length < 65536) {
			frame.write(0x80 | 126);
			frame.write(payload.length >> 8);
			frame.write(payload.length);
		}
		else {
			frame.write(0x80 | 127);
			for (int shift = 56; shift >= 0; shift -= 8) {
				frame.write((int) ((long) payload.length >> shift));
			}
		}
		byte[] mask = { 0x12, (byte) 0xf4, 0x56, (byte) 0x98 };
		frame.writeBytes(mask);
		byte[] masked = payload.clone();
		for (int i = 0; i < masked.length; i++) {
			masked[i] ^= mask[i & 3];
		}
		frame.writeBytes(masked);
		return frame.toByteArray();
	}

	/** Sends bytes that may be no frame. */
	public RawWebSocket sendBytes(byte[] bytes) {
		try {
			this.out.write(bytes);
			this.out.flush();
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The next frame of the server. */
	public Frame read() {
		try {
			int first = this.in.readUnsignedByte();
			long length = this.in.readUnsignedByte();
			if (length == 126) {
				length = this.in.readUnsignedShort();
			}
			else if (length == 127) {
				length = this.in.readLong();
			}
			byte[] payload = new byte[(int) length];
			this.in.readFully(payload);
			return new Frame((first & 0x80) != 0, (first & 0x40) != 0, first & 0x0f, payload);
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("no frame within " + PATIENCE.toSeconds() + " s", ex);
		}
		catch (EOFException ex) {
			throw new AssertionError("the connection ended within a frame or without a close frame", ex);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Whether the server has ended the TCP connection; waits for it. */
	public boolean isCut() {
		try {
			return this.in.read() < 0;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	/** Reads what comes until the connection ends, and forgets it. */
	public void drain() {
		byte[] bytes = new byte[64 * 1024];
		try {
			this.socket.setSoTimeout(0);
			int count = 0;
			while (count >= 0) {
				count = this.in.read(bytes);
			}
		}
		catch (IOException ex) {
			// A connection that is cut has ended as well.
		}
	}

	public void patience(Duration patience) {
		try {
			this.socket.setSoTimeout((int) patience.toMillis());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Cuts the connection without a closing handshake. */
	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
