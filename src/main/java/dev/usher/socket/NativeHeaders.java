package dev.usher.socket;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;
import dev.usher.stomp.Header;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;

/**
 * The headers of a frame as Spring's messages carry them, and the way back: what
 * interceptors made of a message becomes the frame that is checked and takes effect.
 */
final class NativeHeaders {

	private static final String DESTINATION = "destination";

	private static final String ID = "id";

	/** In lower case. Nobody can change them, and no log shows them. */
	private static final Set<String> CREDENTIALS = Set.of("authorization", "proxy-authorization", "passcode", "ticket",
			"dpop", "cookie", "x-xsrf-token", "x-csrf-token");

	private static final int LONGEST_CREDENTIAL = "proxy-authorization".length();

	private NativeHeaders() {
	}

	/** The headers in the order they came; a repeated one has several values. */
	static Map<String, List<String>> of(ClientFrame frame) {
		Map<String, List<String>> headers = new LinkedHashMap<>();
		frame.forEachHeader((name, value) -> headers.computeIfAbsent(name, NativeHeaders::values).add(value));
		return headers;
	}

	private static List<String> values(String name) {
		return (isCredential(name)) ? new Credential() : new ArrayList<>(1);
	}

	private static boolean isCredential(String name) {
		return name.length() <= LONGEST_CREDENTIAL && CREDENTIALS.contains(name.toLowerCase(Locale.ROOT));
	}

	/**
	 * The frame as interceptors left it: the same object where they changed nothing. Its
	 * command and its credentials are the client's, whatever they did.
	 */
	static ClientFrame changed(Message<?> message, ClientFrame frame) {
		MessageHeaders headers = message.getHeaders();
		Map<String, List<String>> now = map(headers);
		byte[] body = body(message.getPayload());
		List<Header> before = frame.headers();
		String destination = SimpMessageHeaderAccessor.getDestination(headers);
		boolean subscribes = frame.command() == Command.SUBSCRIBE || frame.command() == Command.UNSUBSCRIBE;
		String id = (subscribes) ? SimpMessageHeaderAccessor.getSubscriptionId(headers) : frame.header(ID);
		if (body == frame.body() && Objects.equals(destination, frame.header(DESTINATION))
				&& Objects.equals(id, frame.header(ID)) && areSame(before, now)) {
			return frame;
		}
		return frame
			.with(headers(before, now, chosen(destination, frame, now, DESTINATION), chosen(id, frame, now, ID)), body);
	}

	private static boolean areSame(List<Header> before, Map<String, List<String>> now) {
		if (before.size() != now.size()) {
			return false;
		}
		for (Header header : before) {
			String value = first(now, header.name());
			if (value == null || !(isCredential(header.name()) || value.equals(header.value()))) {
				return false;
			}
		}
		return true;
	}

	/** In the order they came, new ones behind. */
	private static List<Header> headers(List<Header> before, Map<String, List<String>> now,
			@Nullable String destination, @Nullable String id) {
		Map<String, String> after = new LinkedHashMap<>();
		for (Header header : before) {
			String name = header.name();
			String value = (isCredential(name)) ? header.value() : first(now, name);
			if (value != null || name.equals(DESTINATION) || name.equals(ID)) {
				after.put(name, (value != null) ? value : "");
			}
		}
		now.forEach((name, values) -> {
			if (!isCredential(name) && !values.isEmpty() && !name.isEmpty()) {
				after.putIfAbsent(name, values.get(0));
			}
		});
		put(after, DESTINATION, destination);
		put(after, ID, id);
		return after.entrySet().stream().map((entry) -> new Header(entry.getKey(), entry.getValue())).toList();
	}

	private static void put(Map<String, String> headers, String name, @Nullable String value) {
		if (value != null) {
			headers.put(name, value);
		}
		else {
			headers.remove(name);
		}
	}

	/**
	 * Spring has these twice, as a header of the message and as a native one. The first
	 * is what counts there; it does here unless only the second was changed.
	 */
	private static @Nullable String chosen(@Nullable String ofMessage, ClientFrame frame, Map<String, List<String>> now,
			String name) {
		return (Objects.equals(ofMessage, frame.header(name))) ? first(now, name) : ofMessage;
	}

	private static @Nullable String first(Map<String, List<String>> headers, String name) {
		List<String> values = headers.get(name);
		return (values != null && !values.isEmpty()) ? values.get(0) : null;
	}

	@SuppressWarnings("unchecked")
	static Map<String, List<String>> map(MessageHeaders headers) {
		Object map = headers.get(NativeMessageHeaderAccessor.NATIVE_HEADERS);
		return (map != null) ? (Map<String, List<String>>) map : Map.of();
	}

	private static byte[] body(Object payload) {
		if (payload instanceof byte[] bytes) {
			return bytes;
		}
		if (payload instanceof String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}
		throw new IllegalStateException("The payload of a frame is bytes or a text, and an interceptor made it a "
				+ payload.getClass().getName());
	}

	/** Values that an interceptor can read and no log shows. */
	private static final class Credential extends AbstractList<String> {

		private final List<String> values = new ArrayList<>(1);

		@Override
		public boolean add(String value) {
			return this.values.add(value);
		}

		@Override
		public String get(int index) {
			return this.values.get(index);
		}

		@Override
		public int size() {
			return this.values.size();
		}

		@Override
		public String toString() {
			return "[PROTECTED]";
		}

	}

}
