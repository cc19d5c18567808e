package dev.usher.stomp;

import java.util.Map;

import dev.usher.protocol.OwnedHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ClientFrameTests {

	@Test
	void headersAreFoundByTheirExactName() {
		ClientFrame frame = read("SEND\nDestination:/topic/b\ndestination:/topic/a\n\n^");
		assertThat(frame.header("destination")).isEqualTo("/topic/a");
		assertThat(frame.header("DESTINATION")).isNull();
	}

	@Test
	void ownHeadersAreThoseASubscriberMaySee() {
		ClientFrame frame = read("SEND\ndestination:/topic/a\nb:1\nreceipt:r\na:2\nb:3\nAUTHORIZATION:x\n\n^");
		assertThat(frame.ownHeaders()).containsExactly(Map.entry("b", "1"), Map.entry("a", "2"));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> frame.ownHeaders().put("c", "d"));
		assertThat(read("SEND\ndestination:/topic/a\n\n^").ownHeaders()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "destination", "message-id", "subscription", "ack", "content-length", "content-type",
			"receipt", "receipt-id", "transaction", "user-name", "offset", "epoch", "timestamp", "redelivered",
			"recovered", "session", "heart-beat", "version", "server", "host", "login", "passcode", "Passcode",
			"Authorization", "AUTHORIZATION", "ticket", "X-XSRF-TOKEN", "simpUser", "simp", "SimpMessageType",
			"nativeHeaders", "Destination", "USER-NAME", "Sender", "sender", "DPoP", " message-id", "message-id\t",
			"\nmessage-id", "", " ", "Cookie" })
	void protocolOwns(String name) {
		assertThat(OwnedHeaders.contains(name)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "priority", "x-simp", "message id", "correlation-id", "expires", "é" })
	void publisherOwns(String name) {
		assertThat(OwnedHeaders.contains(name)).isFalse();
	}

	private static ClientFrame read(String sent) {
		return Wire.whole(Wire.decoder(Version.V1_2), Wire.bytes(sent)).get(0);
	}

}
