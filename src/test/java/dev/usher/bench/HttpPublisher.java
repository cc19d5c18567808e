package dev.usher.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A backend that publishes over one kept connection, HTTP/1.1 by hand: a client library
 * would need more of the load's core than the server of its own.
 */
final class HttpPublisher implements AutoCloseable {

	/** A database under load may take its time, but not for ever. */
	private static final int PATIENCE_MILLIS = 30_000;

	private static final String BODY = "x".repeat(FrameWriter.BODY_LENGTH);

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	private final String head;

	HttpPublisher(int port, String token) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setTcpNoDelay(true);
		this.socket.setSoTimeout(PATIENCE_MILLIS);
		this.in = new BufferedInputStream(this.socket.getInputStream(), 1 << 16);
		this.out = this.socket.getOutputStream();
		this.head = "POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ "Authorization: Bearer " + token + "\r\nContent-Length: ";
	}

	/** The body of a call with one message of 128 bytes to each of some users. */
	static String messages(int firstUser, int count, int users) {
		StringBuilder json = new StringBuilder("[");
		for (int i = 0; i < count; i++) {
			json.append((i == 0) ? "" : ",")
				.append("{\"to\":\"/user/")
				.append(Load.user((firstUser + i) % users))
				.append("/queue/bench\",\"body\":\"")
				.append(BODY)
				.append("\"}");
		}
		return json.append(']').toString();
	}

	/** The body of a call with one message to a user, whose body begins with a stamp. */
	static String message(int user, long stamp) {
		byte[] body = FrameWriter.body();
		FrameWriter.stamp(body, stamp);
		return "{\"to\":\"/user/" + Load.user(user) + "/queue/bench\",\"body\":\""
				+ new String(body, StandardCharsets.US_ASCII) + "\"}";
	}

	/**
	 * Publishes and waits for the answer.
	 * @throws BenchmarkException if one of the messages was not stored
	 */
	void publish(String messages) throws IOException {
		byte[] body = messages.getBytes(StandardCharsets.US_ASCII);
		byte[] start = (this.head + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
		byte[] request = new byte[start.length + body.length];
		System.arraycopy(start, 0, request, 0, start.length);
		System.arraycopy(body, 0, request, start.length, body.length);
		this.out.write(request);
		this.out.flush();
		String status = line();
		int length = -1;
		boolean chunked = false;
		for (String line = line(); !line.isEmpty(); line = line()) {
			String header = line.toLowerCase(Locale.ROOT);
			if (header.startsWith("content-length:")) {
				length = Integer.parseInt(header.substring("content-length:".length()).trim());
			}
			chunked |= header.startsWith("transfer-encoding:") && header.endsWith("chunked");
		}
		String answer = (chunked) ? chunks() : text(Math.max(0, length));
		if (!status.startsWith("HTTP/1.1 200") || answer.contains("\"error\"")) {
			throw new BenchmarkException(
					"A message was not stored: " + status + " " + answer.substring(0, Math.min(300, answer.length())));
		}
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		int octet = this.in.read();
		while (octet != '\n') {
			if (octet < 0) {
				throw new IOException("The connection was closed");
			}
			if (octet != '\r') {
				line.append((char) octet);
			}
			octet = this.in.read();
		}
		return line.toString();
	}

	private String chunks() throws IOException {
		StringBuilder all = new StringBuilder();
		int length = Integer.parseInt(line(), 16);
		while (length > 0) {
			all.append(text(length));
			line();
			length = Integer.parseInt(line(), 16);
		}
		line();
		return all.toString();
	}

	private String text(int length) throws IOException {
		return new String(this.in.readNBytes(length), StandardCharsets.UTF_8);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
