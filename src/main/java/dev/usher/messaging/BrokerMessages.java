package dev.usher.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.OwnedHeaders;
import dev.usher.publish.Publication;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;

/**
 * A Spring message as a publication. Native headers are what the headers of a SEND are:
 * {@code id} and {@code ttl} are for the gateway, those the protocol owns are left out,
 * subscribers get the rest.
 */
final class BrokerMessages {

	private static final String ID = "id";

	private static final String TTL = "ttl";

	private BrokerMessages() {
	}

	/**
	 * Makes one.
	 * @throws MessageDeliveryException where there is no destination, or the payload was
	 * not converted
	 */
	static Publication publication(Message<?> message) {
		MessageHeaders headers = message.getHeaders();
		String destination = SimpMessageHeaderAccessor.getDestination(headers);
		if (destination == null) {
			throw new MessageDeliveryException(message, "A message for brokerChannel needs a destination");
		}
		Object contentType = headers.get(MessageHeaders.CONTENT_TYPE);
		Map<String, String> own = new LinkedHashMap<>();
		natives(headers).forEach((name, values) -> {
			if (!values.isEmpty() && !OwnedHeaders.contains(name)) {
				own.put(name, values.get(0));
			}
		});
		return new Publication(destination, own.get(ID), (contentType != null) ? contentType.toString() : null, own,
				body(message), ttl(message, own.get(TTL)));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, List<String>> natives(MessageHeaders headers) {
		Object map = headers.get(NativeMessageHeaderAccessor.NATIVE_HEADERS);
		return (map != null) ? (Map<String, List<String>>) map : Map.of();
	}

	private static byte[] body(Message<?> message) {
		if (message.getPayload() instanceof byte[] bytes) {
			return bytes;
		}
		if (message.getPayload() instanceof String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}
		throw new MessageDeliveryException(message,
				"A payload here is bytes or a text; convertAndSend makes one of " + "everything else");
	}

	private static @Nullable Duration ttl(Message<?> message, @Nullable String seconds) {
		try {
			return (seconds != null) ? Duration.ofSeconds(Long.parseLong(seconds)) : null;
		}
		catch (NumberFormatException ex) {
			throw new MessageDeliveryException(message, "The header ttl is a number of seconds", ex);
		}
	}

}
