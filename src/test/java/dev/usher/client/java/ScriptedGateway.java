package dev.usher.client.java;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A WebSocket's other end for one consumer, which sends what a test wants and keeps what
 * it is told. It confirms CONNECT and what asks for a receipt; frames are shorter than 64
 * KiB.
 */
final class ScriptedGateway implements AutoCloseable {

	private final ServerSocket server;

	private volatile Socket socket;

	/** The frames of the client, in order; no beats. */
	final List<String> frames = new CopyOnWriteArrayList<>();

	ScriptedGateway() throws IOException {
		this.server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		Thread thread = new Thread(this::serve, "scripted gateway");
		thread.setDaemon(true);
		thread.start();
	}

	String url() {
		return "http://localhost:" + this.server.getLocalPort();
	}

	/** How many frames of this command have come. */
	long count(String command) {
		return this.frames.stream().filter((frame) -> frame.startsWith(command + "\n")).count();
	}

	private void serve() {
		try {
			Socket accepted = this.server.accept();
			// Else each frame waits until the peer's kernel says that it has the last
			// one.
			accepted.setTcpNoDelay(true);
			this.socket = accepted;
			DataInputStream in = new DataInputStream(this.socket.getInputStream());
			handshake(in);
			while (true) {
				String frame = read(in);
				if (frame.equals("\n")) {
					continue;
				}
				this.frames.add(frame);
				if (frame.startsWith("CONNECT\n")) {
					send("CONNECTED\nversion:1.2\nheart-beat:0,0\nuser-name:u\n\n\0");
				}
				else if (frame.contains("\nreceipt:")) {
					send("RECEIPT\noffset:0\nepoch:e\nreceipt-id:"
							+ frame.replaceFirst("(?s).*\nreceipt:(.*?)\n.*", "$1\n\n\0"));
				}
				else if (frame.startsWith("DISCONNECT\n")) {
					this.socket.close();
				}
			}
		}
		catch (Exception ex) {
			// It was closed.
		}
	}

	private void handshake(DataInputStream in) throws Exception {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
			head.write(in.readByte());
		}
		String key = head.toString(StandardCharsets.US_ASCII).replaceFirst("(?is).*sec-websocket-key: *(\\S+).*", "$1");
		byte[] accept = MessageDigest.getInstance("SHA-1")
			.digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
		this.socket.getOutputStream()
			.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ "Sec-WebSocket-Protocol: v12.stomp\r\nSec-WebSocket-Accept: "
					+ Base64.getEncoder().encodeToString(accept) + "\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
	}

	private static String read(DataInputStream in) throws IOException {
		in.readByte();
		int length = in.readByte() & 0x7f;
		byte[] mask = new byte[4];
		byte[] payload = new byte[(length == 126) ? in.readUnsignedShort() : length];
		in.readFully(mask);
		in.readFully(payload);
		for (int i = 0; i < payload.length; i++) {
			payload[i] ^= mask[i % 4];
		}
		return new String(payload, StandardCharsets.UTF_8);
	}

	/** Sends a frame. */
	synchronized void send(String frame) throws IOException {
		byte[] payload = frame.getBytes(StandardCharsets.UTF_8);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.write(0x81);
		if (payload.length < 126) {
			bytes.write(payload.length);
		}
		else {
			bytes.writeBytes(new byte[] { 126, (byte) (payload.length >> 8), (byte) payload.length });
		}
		bytes.writeBytes(payload);
		this.socket.getOutputStream().write(bytes.toByteArray());
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		if (this.socket != null) {
			this.socket.close();
		}
	}

}
