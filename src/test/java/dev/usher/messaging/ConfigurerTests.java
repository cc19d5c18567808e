package dev.usher.messaging;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import extension.ConfiguredExtension;
import extension.EnablingExtension;
import extension.GreedyExtension;
import extension.PingExtension;
import extension.TwinExtension;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.ImmutableMessageChannelInterceptor;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketTransportRegistration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What a configurer of Spring's may ask for, and what is refused by name. */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurerTests {

	static Stream<Arguments> refused() {
		return Stream.of(broker((registry) -> registry.enableSimpleBroker("/topic"), "enableSimpleBroker"),
				broker((registry) -> registry.enableStompBrokerRelay("/topic"), "enableStompBrokerRelay"),
				broker((registry) -> registry.setApplicationDestinationPrefixes("/app", "/do"), "/do"),
				broker((registry) -> registry.setUserDestinationPrefix("/person"), "/person"),
				broker((registry) -> registry.configureBrokerChannel().taskExecutor(), "brokerChannel"),
				endpoints((registry) -> registry.addEndpoint("/stomp"), "/stomp"),
				endpoints((registry) -> registry.addEndpoint("/ws").withSockJS(), "SockJS"),
				endpoints((registry) -> registry.addEndpoint("/ws").setAllowedOrigins("*"), "setAllowedOrigins"),
				endpoints((registry) -> registry.addEndpoint("/ws").setAllowedOriginPatterns("*"),
						"setAllowedOriginPatterns"),
				transport((registry) -> registry.setMessageSizeLimit(1), "usher.frame.max"),
				transport((registry) -> registry.setSendTimeLimit(1), "usher.outbound.max-age"),
				transport((registry) -> registry.setSendBufferSizeLimit(1), "usher.outbound.max-bytes"),
				transport((registry) -> registry.setTimeToFirstMessage(1), "usher.connect.timeout"),
				Arguments.of(new Asking() {

					@Override
					public void configureClientInboundChannel(ChannelRegistration registration) {
						registration.taskExecutor().corePoolSize(4);
					}

				}, "clientInboundChannel"), Arguments.of(new Asking() {

					@Override
					public void configureClientOutboundChannel(ChannelRegistration registration) {
						registration.interceptors(new ImmutableMessageChannelInterceptor());
					}

				}, "clientOutboundChannel"));
	}

	private static Arguments broker(Consumer<MessageBrokerRegistry> wish, String named) {
		return Arguments.of(new Asking() {

			@Override
			public void configureMessageBroker(MessageBrokerRegistry registry) {
				wish.accept(registry);
			}

		}, named);
	}

	private static Arguments endpoints(Consumer<StompEndpointRegistry> wish, String named) {
		return Arguments.of(new Asking() {

			@Override
			public void registerStompEndpoints(StompEndpointRegistry registry) {
				wish.accept(registry);
			}

		}, named);
	}

	private static Arguments transport(Consumer<WebSocketTransportRegistration> wish, String named) {
		return Arguments.of(new Asking() {

			@Override
			public void configureWebSocketTransport(WebSocketTransportRegistration registry) {
				wish.accept(registry);
			}

		}, named);
	}

	@ParameterizedTest
	@MethodSource("refused")
	void wishWhenItCannotBeGrantedThenTheStartEndsAndNamesIt(WebSocketMessageBrokerConfigurer configurer,
			String named) {
		assertThatExceptionOfType(UnsupportedMessagingException.class)
			.isThrownBy(() -> new Configurers(List.of(configurer)))
			.withMessageStartingWith(configurer.getClass().getName())
			.satisfies((refusal) -> assertThat(refusal.getMessage() + refusal.action()).contains(named));
	}

	@Test
	void wishWhenItIsWhatThereIsAnywayThenItIsGranted() {
		ChannelInterceptor interceptor = new ImmutableMessageChannelInterceptor();
		Configurers configurers = new Configurers(List.of(new Asking() {

			@Override
			public void registerStompEndpoints(StompEndpointRegistry registry) {
				registry.setPreserveReceiveOrder(true).addEndpoint("/ws");
			}

			@Override
			public void configureMessageBroker(MessageBrokerRegistry registry) {
				registry.setApplicationDestinationPrefixes("/app").setUserDestinationPrefix("/user/");
				registry.setCacheLimit(10).setPreservePublishOrder(true);
				registry.configureBrokerChannel().interceptors(interceptor);
			}

		}));
		assertThat(configurers.broker()).containsExactly(interceptor);
		assertThat(configurers.inbound()).isEmpty();
	}

	@Test
	void configurerWhenItIsABeanThenItIsHeard() {
		try (TestGateway own = TestGateway.with(ConfiguredExtension.class); StompClient client = own.connect("ann")) {
			client.subscribe("1", "/topic/configured");
			own.bean(SimpMessagingTemplate.class).convertAndSend("/topic/configured", new StringBuilder("reversed"));
			assertThat(client.expect("MESSAGE").text()).isEqualTo("desrever");
			client.send("SEND", "destination:/app/resolved", "receipt:1");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("resolved by the configurer");
			client.expect("RECEIPT");
			assertThat(own.bean(ConfiguredExtension.class).frames).contains("CONNECT", "SUBSCRIBE", "SEND");
			assertThat(own.bean(ConfiguredExtension.class).sent).contains("/topic/configured");
		}
	}

	@Test
	void annotationWhenOnAClassThenTheStartEndsAndNamesIt() {
		assertThatExceptionOfType(UnsupportedMessagingException.class)
			.isThrownBy(() -> TestGateway.with(EnablingExtension.class).close())
			.withMessageContaining("extension.EnablingExtension has @EnableWebSocketMessageBroker");
	}

	@Test
	void methodWhenMappedToACommandOfOursThenTheStartEndsAndNamesIt() {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> TestGateway.with(PingExtension.class).close())
			.havingRootCause()
			.isInstanceOf(UnsupportedMessagingException.class)
			.withMessageContaining("extension.PingExtension.ping");
	}

	@Test
	void methodWhenMappedWhereAnotherIsThenTheStartEndsAndNamesBoth(CapturedOutput output) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> TestGateway.with(TwinExtension.class).close());
		assertThat(output.getAll()).contains("APPLICATION FAILED TO START")
			.containsPattern(
					"The methods (once of extension.TwinExtension.First|again of extension.TwinExtension.Second) "
							+ "and (once of extension.TwinExtension.First|again of extension.TwinExtension.Second) "
							+ "are both mapped to /twice\\.")
			.contains("Map one of them to another destination.")
			.doesNotContain("\tat ");
	}

	@Test
	void filterChainWhenItTakesEveryRequestThenTheStartEndsAndNamesIt(CapturedOutput output) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> TestGateway.with(GreedyExtension.class).close());
		assertThat(output.getAll()).contains("APPLICATION FAILED TO START")
			.contains("'greedy' in [extension.GreedyExtension]")
			.contains("Give your SecurityFilterChain a securityMatcher and an @Order")
			.doesNotContain("\tat ");
	}

	/** Asks for nothing yet. */
	static class Asking implements WebSocketMessageBrokerConfigurer {

	}

}
