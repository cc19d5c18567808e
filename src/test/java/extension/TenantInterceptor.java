package extension;

import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/**
 * The interceptor of Spring's documentation in shape: reads native headers of CONNECT and
 * binds a user. With a header {@code act} it does what a test asks for.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public class TenantInterceptor implements ChannelInterceptor {

	/** What was seen, as a log would show it. */
	public final List<String> shown = new CopyOnWriteArrayList<>();

	/** Commands that were completed, with how. */
	public final List<String> completed = new CopyOnWriteArrayList<>();

	/** The last value of Authorization of a CONNECT. */
	public volatile @Nullable String authorization;

	@Override
	public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
		StompHeaderAccessor headers = headers(message);
		this.shown.add(message + " " + headers.getDetailedLogMessage(message.getPayload()));
		if (StompCommand.CONNECT.equals(headers.getCommand())) {
			connect(headers);
		}
		String act = headers.getFirstNativeHeader("act");
		return (act != null) ? act(message, headers, act) : message;
	}

	private static StompHeaderAccessor headers(Message<?> message) {
		return Objects.requireNonNull(MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class));
	}

	private void connect(StompHeaderAccessor headers) {
		this.authorization = headers.getFirstNativeHeader("Authorization");
		String tenant = headers.getFirstNativeHeader("tenant");
		Principal user = Objects.requireNonNull(headers.getUser());
		if (tenant != null) {
			Map<String, Object> attributes = Objects.requireNonNull(headers.getSessionAttributes());
			attributes.put("tenant", tenant);
			headers.setUser(new TenantUser(user.getName(), tenant));
		}
	}

	private static @Nullable Message<?> act(Message<?> message, StompHeaderAccessor headers, String act) {
		String[] parts = act.split(" ", 2);
		switch (parts[0]) {
			case "drop" -> {
				return null;
			}
			case "throw" -> throw new IllegalStateException("inner detail of the interceptor");
			case "deny" -> throw new AccessDeniedException("inner detail of the decision");
			case "deny-wrapped" -> throw new MessagingException(message, "wrapped", new AccessDeniedException("inner"));
			case "slow" -> pause(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(parts[1])));
			case "destination" -> headers.setDestination(parts[1]);
			case "native-destination" -> headers.setNativeHeader("destination", parts[1]);
			case "id" -> headers.setSubscriptionId(parts[1]);
			case "become" -> headers.setUser(new TenantUser(parts[1], "none"));
			case "authenticate" -> authenticate(headers);
			case "nobody" -> headers.setUser(null);
			case "header" -> headers.setNativeHeader("added", parts[1]);
			case "extra" -> headers.setHeader("extra", parts[1]);
			case "body" -> {
				return MessageBuilder.createMessage(parts[1].getBytes(StandardCharsets.UTF_8),
						headers.getMessageHeaders());
			}
			case "rebuild" -> {
				return MessageBuilder.withPayload("plain").copyHeaders(message.getHeaders()).build();
			}
			default -> throw new IllegalArgumentException(act);
		}
		return message;
	}

	private static void authenticate(StompHeaderAccessor headers) {
		Principal user = Objects.requireNonNull(headers.getUser());
		headers.setUser(UsernamePasswordAuthenticationToken.authenticated(new TenantUser(user.getName(), "acme"), null,
				AuthorityUtils.createAuthorityList("buyer")));
	}

	/** One park may end early. */
	private static void pause(long nanos) {
		long end = System.nanoTime() + nanos;
		for (long left = nanos; left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

	@Override
	public void afterSendCompletion(Message<?> message, MessageChannel channel, boolean sent, @Nullable Exception ex) {
		this.completed.add(headers(message).getCommand() + " " + sent + " " + (ex != null));
	}

}
