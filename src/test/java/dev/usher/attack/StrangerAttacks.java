package dev.usher.attack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.usher.attack.Target.Login;
import dev.usher.testing.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What anybody can do to the log, and a thief of a token to its owner. */
class StrangerAttacks {

	private static final int DOWNLOADS = 200;

	private final Target target = ReviewIT.target();

	private static Socket connect(int port) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(2048);
		socket.setSoTimeout(30_000);
		socket.connect(new InetSocketAddress("127.0.0.1", port));
		return socket;
	}

	/** Nothing but what operators want to read of: none of what follows is that. */
	private void isQuiet(int before) {
		assertThat(this.target.process()
			.output()
			.substring(before)
			.lines()
			.filter((line) -> line.startsWith("\tat ") || line.contains(" WARN ") || line.contains(" ERROR ")))
			.isEmpty();
	}

	/** Each is closed with unread bytes, so that the gateway's next write fails. */
	@Test
	void downloadsWhenAbortedByTheHundredThenTheLogStaysAsItWas() throws IOException {
		assertThat(this.target.call("GET", "/swagger-ui/swagger-ui-bundle.js", null, null).status()).isEqualTo(200);
		int before = this.target.process().output().length();
		byte[] requests = "GET /swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(4)
			.getBytes(StandardCharsets.US_ASCII);
		for (int i = 0; i < DOWNLOADS; i++) {
			try (Socket socket = connect(this.target.port())) {
				socket.getOutputStream().write(requests);
				assertThat(socket.getInputStream().read()).isEqualTo('H');
			}
		}
		assertThat(this.target.call("GET", "/auth/me", this.target.admin(), null).status()).isEqualTo(200);
		isQuiet(before);
		assertThat(this.target.process().output().length() - before).isLessThan(10_000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
			"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
					+ "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n" })
	void requestWhenBrokenThenBadRequestAndNoLine(String request) throws IOException {
		int before = this.target.process().output().length();
		try (Socket socket = connect(this.target.port())) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
				.startsWith("HTTP/1.1 400 ")
				.contains("\"code\":\"bad_request\"");
		}
		isQuiet(before);
	}

	@Test
	void passwordWhenAThiefGuessesItWithATokenThenItsOwnerStillChangesIt() {
		Login owner = this.target.account("guarded");
		Login thief = this.target.login("guarded", Target.PASSWORD);
		for (int i = 0; i < 12; i++) {
			assertThat(change(thief, "guess" + i).code()).isIn("bad_credentials", "too_many_attempts");
		}
		assertThat(change(thief, "guess").code()).isEqualTo("too_many_attempts");
		assertThat(change(owner, Target.PASSWORD).status()).isEqualTo(204);
		assertThat(this.target.call("GET", "/auth/me", thief.token(), null).status()).isEqualTo(401);
	}

	private Answer change(Login login, String current) {
		return this.target.call("POST", "/auth/password", login.token(),
				Map.of("current_password", current, "new_password", "a much better one, 2 words"));
	}

}
