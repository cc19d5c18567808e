package dev.usher.socket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One connection with two to four stored subscriptions that replay, go live and
 * acknowledge, until it ends in a way of the test's choice.
 */
final class StreamingReader implements AutoCloseable {

	/** The ways a connection ends, each with its share of the rounds. */
	enum End {

		TOKEN_ENDS(5), TOKEN_IS_REVOKED(1), USER_IS_REVOKED(1), CLIENT_VANISHES(2), CLIENT_UNSUBSCRIBES(1);

		private final int share;

		End(int share) {
			this.share = share;
		}

		int share() {
			return this.share;
		}

	}

	/** The life of a token; the clock moves by as much in a round. */
	private static final Duration LIFE = Duration.ofSeconds(2);

	/** How long a token is good when its bearer connects. */
	private static final List<Duration> LEFT = List.of(Duration.ofMillis(20), Duration.ofMillis(50), LIFE);

	/** Long before a replay is through. */
	private static final int READ_AT_MOST = 100;

	private static final int ACKNOWLEDGE_EVERY = 20;

	private final WatchedGateway gateway;

	private final Random random;

	private final String tokenId;

	private final Map<String, Stream> streams = new HashMap<>();

	private StompClient client;

	StreamingReader(WatchedGateway gateway, Random random) {
		this.gateway = gateway;
		this.random = random;
		this.tokenId = "token" + Long.toUnsignedString(random.nextLong());
	}

	void streamUntil(End end) {
		Duration left = (end == End.TOKEN_ENDS) ? LEFT.get(this.random.nextInt(LEFT.size())) : LIFE;
		String token = this.gateway.token(WatchedGateway.READER, LIFE, Map.of("jti", this.tokenId));
		this.gateway.advance(LIFE.minus(left));
		this.client = this.gateway.connect(token);
		this.gateway.holdUp(true);
		subscribe();
		publish();
		read(this.random.nextInt(READ_AT_MOST));
		publish();
		if (this.random.nextInt(4) == 0) {
			// What still comes of it may not be acknowledged any more.
			String id = "s" + this.random.nextInt(this.streams.size());
			this.streams.remove(id);
			this.client.send("UNSUBSCRIBE", "id:" + id);
		}
		endBy(end, left);
	}

	private void read(int messages) {
		for (int i = 0; i < messages; i++) {
			assertThat(take(this.client.read()).command()).isEqualTo("MESSAGE");
		}
	}

	private void endBy(End end, Duration left) {
		switch (end) {
			case TOKEN_ENDS -> {
				this.gateway.advance(left);
				this.gateway.holdUp(false);
				expectEnd("token_expired", 4012);
			}
			case TOKEN_IS_REVOKED -> revoke("{\"token_id\":\"" + this.tokenId + "\"}");
			case USER_IS_REVOKED -> {
				// Tokens are minted in whole seconds: this one before, the next one
				// after.
				this.gateway.advance(Duration.ofSeconds(1));
				revoke("{\"username\":\"" + WatchedGateway.READER + "\"}");
				this.gateway.advance(Duration.ofSeconds(1));
			}
			case CLIENT_VANISHES -> close();
			case CLIENT_UNSUBSCRIBES -> unsubscribe();
		}
	}

	/**
	 * All at once, so that all of them stream together; the notice of the end as well.
	 */
	private void subscribe() {
		int count = 2 + this.random.nextInt(WatchedGateway.LOGS - 1);
		List<StompFrame> frames = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			String ack = List.of("auto", "client", "client-individual").get(this.random.nextInt(3));
			this.streams.put("s" + i, new Stream(ack));
			frames.add(StompFrame.of("SUBSCRIBE", "id:s" + i, "destination:/user/queue/log" + i, "offset:0",
					"ack:" + ack));
		}
		if (this.random.nextBoolean()) {
			frames.add(StompFrame.of("SUBSCRIBE", "id:notice", "destination:/user/topic/session"));
		}
		if (this.random.nextInt(4) == 0) {
			frames.add(StompFrame.of("SUBSCRIBE", "id:durable", "destination:/user/queue/log0", "durable:d"));
		}
		this.client.sendTogether(frames.toArray(StompFrame[]::new));
	}

	private void publish() {
		for (int i = this.random.nextInt(20); i > 0; i--) {
			this.gateway.publish(this.random.nextInt(WatchedGateway.LOGS));
		}
	}

	/** Acknowledges a message now and then, as its subscription has it. */
	private StompFrame take(StompFrame frame) {
		Stream stream = this.streams.get(frame.headers().getOrDefault("subscription", ""));
		if (stream == null) {
			return frame;
		}
		long offset = Long.parseLong(frame.header("offset"));
		assertThat(offset).isGreaterThan(stream.offset);
		stream.offset = offset;
		if (!stream.ack.equals("auto")) {
			stream.unacknowledged.add(frame.header("ack"));
		}
		if (stream.unacknowledged.size() == ACKNOWLEDGE_EVERY) {
			boolean cumulative = stream.ack.equals("client");
			List<String> acks = stream.unacknowledged.subList((cumulative) ? ACKNOWLEDGE_EVERY - 1 : 0,
					ACKNOWLEDGE_EVERY);
			this.client
				.sendTogether(acks.stream().map((ack) -> StompFrame.of("ACK", "id:" + ack)).toArray(StompFrame[]::new));
			stream.unacknowledged.clear();
		}
		return frame;
	}

	private void expectEnd(String code, int status) {
		StompFrame frame = this.client.read();
		while (frame.command().equals("MESSAGE")) {
			frame = take(frame);
			frame = this.client.read();
		}
		assertThat(frame.headers()).as(frame.toString()).containsEntry("code", code);
		this.client.expectClose(status, code);
		this.client.answerClose();
	}

	private void revoke(String json) {
		CompletableFuture<Void> revoked = this.gateway.revoke(json);
		expectEnd("revoked", 4503);
		revoked.join();
	}

	/** One after the other, and nothing of one comes after its RECEIPT. */
	private void unsubscribe() {
		List<String> ids = new ArrayList<>(this.streams.keySet());
		Collections.shuffle(ids, this.random);
		ids.forEach((id) -> this.client.send("UNSUBSCRIBE", "id:" + id, "receipt:" + id));
		Set<String> ended = new HashSet<>();
		while (ended.size() < ids.size()) {
			StompFrame frame = this.client.read();
			if (frame.command().equals("RECEIPT")) {
				ended.add(frame.header("receipt-id"));
			}
			else {
				assertThat(frame.command()).isEqualTo("MESSAGE");
				assertThat(ended).doesNotContain(frame.header("subscription"));
			}
		}
	}

	@Override
	public void close() {
		if (this.client != null) {
			this.client.close();
		}
	}

	/** What is known of one subscription. */
	private static final class Stream {

		private final String ack;

		private final List<String> unacknowledged = new ArrayList<>();

		private long offset;

		Stream(String ack) {
			this.ack = ack;
		}

	}

}
