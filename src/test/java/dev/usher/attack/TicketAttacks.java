package dev.usher.attack;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.usher.attack.Target.Login;
import dev.usher.testing.StompClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tickets that were seen in a log, raced for, guessed, or outlived what they were for.
 */
class TicketAttacks {

	private static final int RACERS = 20;

	private final Target target = Targets.usual();

	private static StompClient connect(StompClient client, String... headers) {
		return client.send("CONNECT", (headers.length > 0) ? headers : new String[] { "accept-version:1.2" });
	}

	private void isRefused(String ticket) {
		try (StompClient client = this.target.openAt("/ws?ticket=" + ticket)) {
			connect(client).expectError("unauthorized", 4502);
		}
		try (StompClient client = this.target.open()) {
			connect(client, "accept-version:1.2", "ticket:" + ticket).expectError("unauthorized", 4502);
		}
	}

	@Test
	void ticketWhenReplayedThenRefused() {
		String ticket = this.target.ticket(this.target.account("ticketed"));
		// 256 bits.
		assertThat(ticket).matches("[A-Za-z0-9_-]{43}");
		try (StompClient client = this.target.openAt("/ws?ticket=" + ticket)) {
			assertThat(connect(client).expect("CONNECTED").header("user-name")).isEqualTo("ticketed");
			isRefused(ticket);
			client.expectNothing();
		}
	}

	@Test
	void ticketWhenManyRaceWithItThenOneWins() {
		String ticket = this.target.ticket(this.target.account("racing"));
		List<StompClient> sockets = IntStream.range(0, RACERS)
			.mapToObj((i) -> (i % 2 == 0) ? this.target.open() : this.target.openAt("/ws?ticket=" + ticket))
			.toList();
		List<CompletableFuture<String>> racing = IntStream.range(0, RACERS)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> {
				StompClient socket = sockets.get(i);
				return ((i % 2 == 0) ? connect(socket, "accept-version:1.2", "ticket:" + ticket) : connect(socket))
					.read()
					.command();
			}))
			.toList();
		assertThat(racing.stream().map(CompletableFuture::join).filter("CONNECTED"::equals)).hasSize(1);
		sockets.forEach(StompClient::close);
	}

	@Test
	void ticketsWhenThereAreManyInOneUrlThenRefused() {
		String ticket = this.target.ticket(this.target.account("hoarder"));
		String query = "ticket=" + ticket + "&ticket=guess".repeat(290);
		assertThat(this.target.handshake("/ws?" + query).status()).isEqualTo(400);
		try (StompClient client = this.target.openAt("/ws?ticket=" + ticket)) {
			assertThat(connect(client).expect("CONNECTED").header("user-name")).isEqualTo("hoarder");
		}
	}

	@Test
	void ticketWhenItsSessionHasEndedThenRefused() {
		Login login = this.target.account("leaving");
		String ticket = this.target.ticket(login);
		assertThat(this.target.call("POST", "/auth/logout", login.token(), null).status()).isEqualTo(204);
		isRefused(ticket);
	}

	@ParameterizedTest
	@ValueSource(strings = { "guess", "", "%00", "a%27%20OR%201=1--", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })
	void ticketWhenItIsNoneThenRefused(String ticket) {
		try (StompClient client = this.target.openAt("/ws?ticket=" + ticket)) {
			connect(client).expectError("unauthorized", 4502);
		}
	}

	@Test
	void ticketWhenOfAnotherUserThanTheTokenThenRefused() {
		String ticket = this.target.ticket(this.target.account("generous"));
		try (StompClient client = this.target.openAt("/ws?ticket=" + ticket)) {
			client.sendConnect(Target.token("ann")).expectError("unauthorized", 4502);
		}
	}

	/** What is in the URL is of interest to whoever reads the access log. */
	@Test
	void ticketWhenItIsInTheUrlThenTheAccessLogHasItNot() throws java.io.IOException {
		Target logging = Targets.tight();
		String ticket = logging.ticket(logging.account("logged"));
		try (StompClient client = logging.openAt("/ws?ticket=" + ticket)) {
			connect(client).expect("CONNECTED");
		}
		logging.handshake("/ws?access_token=" + Target.token("ann"));
		logging.call("GET", "/auth/me?ticket=" + ticket, null, null);
		String log = java.nio.file.Files.readString(logging.data().resolve("access.log"));
		assertThat(log).contains("/ws?").doesNotContain(ticket, "eyJ");
	}

}
