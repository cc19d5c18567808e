package dev.usher.bench;

import java.util.List;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/**
 * What one writes from Spring's own documentation: the simple broker on Jetty, user
 * destinations, and an interceptor that verifies the token of CONNECT. Everything else is
 * Spring's default. Deliberately without a stereotype: it lies under the gateway's own
 * package in the test sources, and a scan in a test must not find it.
 */
@EnableWebSocketMessageBroker
@ImportAutoConfiguration({ PropertyPlaceholderAutoConfiguration.class, JettyServletWebServerAutoConfiguration.class,
		DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class })
public class StockApplication implements WebSocketMessageBrokerConfigurer {

	@Value("${bench.jwk-set-uri}")
	private String jwkSetUri = "";

	public static void main(String[] args) {
		// The gateway's application.yaml is on the same class path and is none of ours.
		System.setProperty("spring.config.name", "stock");
		SpringApplication.run(StockApplication.class, args);
	}

	@Override
	public void registerStompEndpoints(StompEndpointRegistry registry) {
		registry.addEndpoint("/ws");
	}

	@Override
	public void configureMessageBroker(MessageBrokerRegistry registry) {
		registry.enableSimpleBroker("/topic", "/queue");
		registry.setApplicationDestinationPrefixes("/app");
		registry.setUserDestinationPrefix("/user");
	}

	@Override
	public void configureClientInboundChannel(ChannelRegistration registration) {
		registration.interceptors(new ConnectInterceptor(jwtDecoder()));
	}

	private JwtDecoder jwtDecoder() {
		NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSetUri(this.jwkSetUri).build();
		decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(JwtValidators.createDefaultWithIssuer(Issuer.NAME),
				new JwtClaimValidator<List<String>>(JwtClaimNames.AUD,
						(audience) -> audience != null && audience.contains(Issuer.AUDIENCE))));
		return decoder;
	}

	private record ConnectInterceptor(JwtDecoder decoder) implements ChannelInterceptor {

		@Override
		public Message<?> preSend(Message<?> message, MessageChannel channel) {
			StompHeaderAccessor accessor = MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
			if (accessor != null && accessor.getCommand() == StompCommand.CONNECT) {
				String header = accessor.getFirstNativeHeader("Authorization");
				if (header == null || !header.startsWith("Bearer ")) {
					throw new MessageDeliveryException(message, "no token");
				}
				Jwt jwt = this.decoder.decode(header.substring("Bearer ".length()));
				accessor.setUser(new JwtAuthenticationToken(jwt, List.of(), jwt.getSubject()));
			}
			return message;
		}

	}

}
