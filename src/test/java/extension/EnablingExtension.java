package extension;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/** What stock applications have. */
@Configuration(proxyBeanMethods = false)
@EnableWebSocketMessageBroker
public class EnablingExtension implements WebSocketMessageBrokerConfigurer {

}
