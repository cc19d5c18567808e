package dev.usher.socket;

import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What CONNECTED and the RECEIPT of a SEND say beside the usual. */
class ReceiptTests {

	private static final TestGateway gateway = SharedGateway.get();

	private static StompFrame send(String destination, String... headers) {
		StompFrame frame = StompFrame.of("SEND", headers).body("x");
		frame.headers().put("destination", destination);
		return frame;
	}

	@Test
	void sendWhenLiveThenReceiptSaysHowManyTookIt() {
		try (StompClient ann = gateway.connect("ann"); StompClient ben = gateway.connect("ben")) {
			assertThat(ben.receipt(send("/topic/receipts-live")).header("delivered")).isEqualTo("0");
			ann.subscribe("s", "/topic/receipts-live");
			StompFrame receipt = ben.receipt(send("/topic/receipts-live"));
			assertThat(receipt.headers()).containsEntry("delivered", "1").doesNotContainKeys("offset", "repeated");
		}
	}

	@Test
	void sendWhenStoredThenReceiptSaysWhere() {
		try (StompClient ann = gateway.connect("receipts-ann")) {
			StompFrame first = ann.receipt(send("/user/receipts-ann/queue/a"));
			StompFrame second = ann.receipt(send("/user/receipts-ann/queue/a"));
			assertThat(first.headers()).containsEntry("offset", "1")
				.containsKey("epoch")
				.doesNotContainKey("delivered");
			assertThat(second.headers()).containsEntry("offset", "2").containsEntry("epoch", first.header("epoch"));
		}
	}

	@Test
	void sendWhenItsIdIsKnownThenReceiptSaysSo() {
		try (StompClient ann = gateway.connect("receipts-ann")) {
			for (String destination : new String[] { "/user/receipts-ann/queue/b", "/topic/receipts-b" }) {
				StompFrame first = ann.receipt(send(destination, "id:same"));
				StompFrame again = ann.receipt(send(destination, "id:same"));
				assertThat(first.header("repeated")).isNull();
				assertThat(again.header("repeated")).isEqualTo("true");
				assertThat(again.header("offset")).isEqualTo(first.header("offset"));
				assertThat(again.header("delivered")).isEqualTo(first.header("delivered"));
			}
		}
	}

	@Test
	void pingWhenSentThenAnswersItsReceiptAndNothingElse() {
		try (StompClient ann = gateway.connect("ann")) {
			StompFrame receipt = ann.receipt(send("/app/ping"));
			assertThat(receipt.headers()).containsOnlyKeys("receipt-id");
			ann.send(send("/app/ping")).expectNothing();
		}
	}

	@Test
	void commitWhenItPublishedThenItsReceiptIsPlain() {
		try (StompClient ann = gateway.connect("receipts-ann")) {
			ann.send("BEGIN", "transaction:t");
			ann.send(send("/user/receipts-ann/queue/c", "transaction:t"));
			ann.send(send("/topic/receipts-c", "transaction:t"));
			ann.send(send("/app/ping", "transaction:t"));
			assertThat(ann.receipt(StompFrame.of("COMMIT", "transaction:t")).headers()).containsOnlyKeys("receipt-id");
			assertThat(ann.receipt(send("/user/receipts-ann/queue/c")).header("offset")).isEqualTo("2");
		}
	}

	@Test
	void connectedThenSaysOverHowLongToComeBack() {
		try (StompClient ann = gateway.open()) {
			assertThat(ann.sendConnect(gateway.token("ann")).expect("CONNECTED").header("retry-spread")).isEqualTo("1");
		}
	}

	@ParameterizedTest
	@CsvSource({ "0,1", "1999,1", "2000,2", "59999,59", "60000,60", "1000000,60" })
	void spreadWhenThereAreManyThenAThousandComeInASecondAndAllInAMinute(int connections, int seconds) {
		assertThat(ConnectHandler.retrySpread(connections)).isEqualTo(seconds);
	}

}
