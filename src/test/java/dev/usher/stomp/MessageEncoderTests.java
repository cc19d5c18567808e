package dev.usher.stomp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;
import dev.usher.protocol.Utf8Validator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class MessageEncoderTests {

	private static final Destination DESTINATION = Destination.forPublish("/user/ann/topic/news");

	@Test
	void frameIsExactlyThis() {
		Message message = message("text/plain", Map.of("colour", "red:blue"), "hello\0".getBytes());
		byte[] bytes = encoder(message, List.of(new Header("offset", "7"))).encode(Version.V1_2, "sub-0", "a1", 0);
		assertThat(bytes).isEqualTo(Wire.bytes("MESSAGE\nsubscription:sub-0\nack:a1\ndestination:/user/topic/news\n"
				+ "message-id:m1\ncontent-type:text/plain\noffset:7\ncolour:red\\cblue\ncontent-length:6\n\nhello^^"));
	}

	@ParameterizedTest
	@EnumSource(Version.class)
	void sharedPartIsTheSameForEverySubscription(Version version) {
		Map<String, String> own = new LinkedHashMap<>();
		own.put("näme", "välue😀");
		own.put("second", "a\\b");
		byte[] body = { 0, -1, 13, 10 };
		MessageEncoder encoder = encoder(message(null, own, body), List.of());
		for (String subscription : new String[] { "sub-0", "with blank", "é", "1:2" }) {
			ReadFrame frame = ReadFrame.of(version, encoder.encode(version, subscription, null, 14), 14);
			assertThat(frame.header("subscription")).isEqualTo(subscription);
			assertThat(frame.header("destination")).isEqualTo("/user/topic/news");
			assertThat(frame.header("message-id")).isEqualTo("m1");
			assertThat(frame.header("näme")).isEqualTo("välue😀");
			assertThat(frame.header("second")).isEqualTo("a\\b");
			assertThat(frame.header("content-length")).isEqualTo("4");
			assertThat(frame.has("ack")).isFalse();
			assertThat(frame.has("content-type")).isFalse();
			assertThat(frame.body()).isEqualTo(body);
		}
	}

	@Test
	void subscriptionWithoutIdHasNoSuchHeader() {
		byte[] bytes = encoder(message(null, Map.of(), new byte[0]), List.of()).encode(Version.V1_0, null, null, 2);
		assertThat(ReadFrame.of(Version.V1_0, bytes, 2).headers().get(0).get(0)).isEqualTo("destination");
		assertThat(ReadFrame.of(Version.V1_0, bytes, 2).has("subscription")).isFalse();
	}

	@Test
	void emptyBodyStillHasItsLength() {
		byte[] bytes = encoder(message(null, Map.of(), new byte[0]), List.of()).encode(Version.V1_0, "s", null, 0);
		assertThat(ReadFrame.of(Version.V1_0, bytes, 0).header("content-length")).isEqualTo("0");
	}

	@ParameterizedTest
	@EnumSource(Version.class)
	void nothingAPublisherWritesForgesAHeader(Version version) {
		Map<String, String> evil = Map.of("x", "1\nmessage-id:forged\r\n\r\nSEND\0", "message-id:forged", "y",
				"a\nmessage-id", "forged", "b\r\nmessage-id", "forged");
		byte[] bytes = encoder(message(null, evil, new byte[0]), List.of()).encode(version, "s", null, 0);
		String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
		assertThat(text.split("[\r\n]+message-id:")).hasSize(2);
		assertThat(text.split("\0", -1)).hasSize(2);
		ReadFrame frame = ReadFrame.of(version, bytes, 0);
		assertThat(frame.headers().stream().filter((header) -> header.get(0).equals("message-id"))).hasSize(1);
	}

	@Test
	void bodyDecidesWhetherTheFrameIsText() {
		assertThat(encoder(message(null, Map.of("a", "é"), "é😀\0".getBytes()), List.of()).utf8()).isTrue();
		assertThat(encoder(message(null, Map.of(), new byte[] { 'a', -1 }), List.of()).utf8()).isFalse();
	}

	@Test
	void loneSurrogateStillLeavesAsUtf8() {
		byte[] bytes = encoder(message(null, Map.of("a", "x\ud800y"), new byte[0]), List.of()).encode(Version.V1_2,
				"s\udc00", null, 0);
		assertThat(Utf8Validator.isValid(bytes, 0, bytes.length)).isTrue();
		assertThat(ReadFrame.of(Version.V1_2, bytes, 0).header("a")).isEqualTo("x?y");
	}

	private static MessageEncoder encoder(Message message, List<Header> extra) {
		return new MessageEncoder(message, "/user/topic/news", extra);
	}

	private static Message message(@Nullable String contentType, Map<String, String> headers, byte[] body) {
		return new Message("m1", DESTINATION, contentType, headers, body);
	}

}
