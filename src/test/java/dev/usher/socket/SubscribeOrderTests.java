package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import dev.usher.testing.HttpNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * SUBSCRIBE and SEND to the same stored destination in one WebSocket message, as clients
 * write them that subscribe and publish one line below.
 */
@ParameterizedClass
@EnumSource(Store.class)
class SubscribeOrderTests {

	private static final int ROUNDS = 50;

	private static HttpNode node;

	private static String token;

	private StompClient client;

	SubscribeOrderTests(Store store) {
		assertThat(store).isNotNull();
	}

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store, "usher.access[0].destination=/user/*/queue/**", "usher.access[0].publish=*");
		node.makeUser("ann", "user");
		token = node.login("ann").text("access_token");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	@BeforeEach
	void connect() {
		this.client = StompClient.connect(node.port(), token);
	}

	@AfterEach
	void disconnect() {
		this.client.close();
	}

	@ParameterizedTest
	@CsvSource({ "0,x:y,false", "1,x:y,false", "0,durable:phone,false", "1,durable:phone,false", "0,x:y,true",
			"0,durable:phone,true" })
	void sendWhenItIsRightBehindTheSubscribeThenIsNotMissed(int before, String header, boolean commits) {
		for (int i = 0; i < ROUNDS; i++) {
			String name = UUID.randomUUID().toString();
			StompFrame send = StompFrame.of("SEND", "destination:/user/ann/queue/" + name);
			for (int j = 0; j < before; j++) {
				this.client.receipt(send.body("before"));
			}
			StompFrame subscribe = StompFrame.of("SUBSCRIBE", "id:" + name, "destination:/user/queue/" + name, header,
					"receipt:subscribed");
			this.client.sendTogether(together(subscribe, name, commits));
			assertThat(placeOfMessage()).as("round " + i).isEqualTo(before);
			this.client.sendAndWait("UNSUBSCRIBE", "id:" + name);
		}
	}

	private static StompFrame[] together(StompFrame subscribe, String name, boolean commits) {
		StompFrame send = StompFrame.of("SEND", "destination:/user/ann/queue/" + name).body("behind");
		if (!commits) {
			send.headers().put("receipt", "sent");
			return new StompFrame[] { subscribe, send };
		}
		send.headers().put("transaction", "t");
		return new StompFrame[] { StompFrame.of("BEGIN", "transaction:t"), send, subscribe,
				StompFrame.of("COMMIT", "transaction:t", "receipt:sent") };
	}

	/** Reads both RECEIPTs and the MESSAGE; answers where the reader began. */
	private long placeOfMessage() {
		List<StompFrame> frames = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			frames.add(this.client.read());
		}
		StompFrame subscribed = frames.stream()
			.filter((frame) -> "subscribed".equals(frame.header("receipt-id")))
			.findAny()
			.orElseThrow();
		StompFrame message = frames.stream()
			.filter((frame) -> frame.command().equals("MESSAGE"))
			.findAny()
			.orElseThrow();
		long place = Long.parseLong(subscribed.header("offset"));
		assertThat(frames.indexOf(message)).isGreaterThan(frames.indexOf(subscribed));
		assertThat(message.text()).isEqualTo("behind");
		assertThat(message.header("offset")).isEqualTo(String.valueOf(place + 1));
		return place;
	}

}
