package dev.usher.jetty;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import dev.usher.testing.TestTls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A refusal arrives, whatever its client is still sending. The client here takes in
 * little: answers to requests before the refused one fill what it can hold, so the
 * refusal waits on the gateway's side until the client has sent all and reads at last. A
 * connection that was cut in between has lost it for certain.
 */
class LingeringTests {

	private static final int BODY = 4 * 1024 * 1024;

	private static final int RECEIVE_BUFFER = 2048;

	/** Answers of 1 KB, more of them than the client takes in. */
	private static final int ASKED_BEFORE = 20;

	@TempDir
	private static Path folder;

	private static HttpNode plain;

	private static HttpNode secure;

	private static HttpNode secureByJdk;

	/** Requests that are refused before their body is read. */
	enum Refused {

		LENGTH("413",
				"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
						+ BODY + "\r\n\r\n"),
		CHUNKS("413",
				"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
						+ "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(BODY) + "\r\n{\"username\":\""),
		FORM("400",
				"POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
						+ "Content-Length: " + BODY + "\r\n\r\n"),
		UNAUTHORIZED("401",
				"POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
						+ "Content-Length: " + BODY + "\r\n\r\n"),
		UNAUTHORIZED_CHUNKS("401",
				"POST /api/messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
						+ Integer.toHexString(BODY) + "\r\n"),
		HANDSHAKE("426", "GET /ws HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + BODY + "\r\n\r\n"),
		FOREIGN_PAGE("403",
				"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
						+ "Origin: https://evil.example\r\nSec-WebSocket-Version: 13\r\n"
						+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: " + BODY + "\r\n\r\n"),
		NO_REQUEST("400", "FOO\r\n\r\n"), NO_URI("400", "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
		TWO_LENGTHS("400",
				"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
		LONG_URI("414", "GET /"), LONG_HEADER("431", "GET / HTTP/1.1\r\nHost: localhost\r\nX: ");

		private final String status;

		private final String head;

		Refused(String status, String head) {
			this.status = status;
			this.head = head;
		}

	}

	@BeforeAll
	static void start() {
		plain = HttpNode.start(Store.EMBEDDED);
		List<String> properties = new ArrayList<>(TestTls.properties(TestTls.certificate(folder, "localhost")));
		secure = HttpNode.start(Store.EMBEDDED, properties.toArray(String[]::new));
		properties.add("usher.tls.provider=jdk");
		secureByJdk = HttpNode.start(Store.EMBEDDED, properties.toArray(String[]::new));
	}

	@AfterAll
	static void stop() {
		plain.close();
		secure.close();
		secureByJdk.close();
	}

	@ParameterizedTest
	@EnumSource
	void refusalWhenItsClientSendsAllBeforeItReadsThenArrives(Refused refused) throws IOException {
		try (Socket socket = connect(plain)) {
			assertThat(askAndRead(socket, refused)).contains("HTTP/1.1 " + refused.status).endsWith("}");
		}
	}

	@ParameterizedTest
	@EnumSource
	void refusalWhenOverTlsThenArrives(Refused refused) throws IOException {
		try (Socket socket = TestTls.client().over(connect(secure))) {
			assertThat(askAndRead(socket, refused)).contains("HTTP/1.1 " + refused.status).endsWith("}");
		}
	}

	@ParameterizedTest
	@EnumSource
	void refusalWhenOverTlsOfTheJdkThenArrives(Refused refused) throws IOException {
		try (Socket socket = TestTls.client().over(connect(secureByJdk))) {
			assertThat(askAndRead(socket, refused)).contains("HTTP/1.1 " + refused.status).endsWith("}");
		}
	}

	private static Socket connect(HttpNode node) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(RECEIVE_BUFFER);
		socket.setSoTimeout(20_000);
		socket.connect(new InetSocketAddress("127.0.0.1", node.port()));
		return socket;
	}

	/** Returns what comes after the answers to the requests before. */
	private static String askAndRead(Socket socket, Refused refused) throws IOException {
		ByteArrayOutputStream first = new ByteArrayOutputStream();
		for (int i = 0; i < ASKED_BEFORE; i++) {
			first
				.writeBytes("GET /oauth2/jwks HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		}
		first.writeBytes(refused.head.getBytes(StandardCharsets.US_ASCII));
		OutputStream out = socket.getOutputStream();
		byte[] piece = new byte[64 * 1024];
		Arrays.fill(piece, (byte) 'x');
		try {
			out.write(first.toByteArray());
			for (int sent = 0; sent < BODY; sent += piece.length) {
				out.write(piece);
			}
		}
		catch (IOException ex) {
			// Cut while it was sending. What has come until then is read all the same.
		}
		String answers = read(socket.getInputStream());
		return answers.substring(Math.max(0, answers.lastIndexOf("HTTP/1.1 ")));
	}

	private static String read(InputStream in) {
		ByteArrayOutputStream read = new ByteArrayOutputStream();
		byte[] buffer = new byte[4096];
		try {
			for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
				read.write(buffer, 0, count);
			}
		}
		catch (IOException ex) {
			read.writeBytes(("\ncut: " + ex).getBytes(StandardCharsets.US_ASCII));
		}
		return read.toString(StandardCharsets.US_ASCII);
	}

}
