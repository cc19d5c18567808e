package dev.usher.socket;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import dev.usher.testing.TestTls;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.core.convert.converter.Converter;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.jwt.Jwt;

import static org.assertj.core.api.Assertions.assertThat;

/** Frames that had to wait go on on the thread that reads their connection. */
class ReadingThreadTests {

	private static final BlockingQueue<String> frames = new LinkedBlockingQueue<>();

	private static volatile CountDownLatch asked = new CountDownLatch(1);

	private static volatile CountDownLatch answer = new CountDownLatch(1);

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void framesWhenTheirConnectWaitedForItsRolesThenGoOnWhereTheyAreRead(boolean tls) throws Exception {
		asked = new CountDownLatch(1);
		answer = new CountDownLatch(1);
		frames.clear();
		try (TestGateway gateway = TestGateway.with(Beans.class, (tls) ? TestTls.properties() : new String[0])) {
			RawWebSocket socket = (tls) ? RawWebSocket.openSecure(gateway.port(), "/ws", Map.of(), 0)
					: RawWebSocket.open(gateway.port(), "/ws", Map.of());
			try (StompClient client = new StompClient(socket)) {
				client.send("CONNECT", "accept-version:1.2", "Authorization:Bearer " + gateway.token("ann"));
				client.send("SEND", "destination:/topic/behind");
				assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
				answer.countDown();
				client.expect("CONNECTED");
				client.sendAndWait("SEND", "destination:/topic/later");
				List<String> threads = List.of(next(), next(), next());
				// Jetty's threads take turns with a selector, so it need not be the same.
				assertThat(threads).allMatch((thread) -> thread.startsWith("qtp"));
			}
		}
	}

	private static String next() throws InterruptedException {
		return String.valueOf(frames.poll(30, TimeUnit.SECONDS));
	}

	/** Of others. */
	static class Beans {

		@Bean
		Converter<Jwt, Collection<GrantedAuthority>> roles() {
			return new Converter<>() {
				@Override
				public Collection<GrantedAuthority> convert(Jwt jwt) {
					asked.countDown();
					try {
						answer.await();
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
					return AuthorityUtils.createAuthorityList("user");
				}
			};
		}

		@Bean
		ChannelInterceptor threads() {
			return new ChannelInterceptor() {
				@Override
				public Message<?> preSend(Message<?> message, MessageChannel channel) {
					SimpMessageType type = SimpMessageHeaderAccessor.getMessageType(message.getHeaders());
					if (type == SimpMessageType.CONNECT || type == SimpMessageType.MESSAGE) {
						frames.add(Thread.currentThread().getName());
					}
					return message;
				}
			};
		}

	}

}
