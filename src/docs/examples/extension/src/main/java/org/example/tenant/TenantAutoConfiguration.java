package org.example.tenant;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.simp.SimpMessagingTemplate;

/** What the gateway finds of this jar: it is named in META-INF/spring. */
@AutoConfiguration
public class TenantAutoConfiguration {

	@Bean
	TenantInterceptor tenantInterceptor() {
		return new TenantInterceptor();
	}

	@Bean
	SessionCounter sessionCounter(MeterRegistry metrics) {
		return new SessionCounter(metrics);
	}

	@Bean
	GreetingController greetingController(SessionCounter sessions) {
		return new GreetingController(sessions);
	}

	@Bean
	TimePublisher timePublisher(SimpMessagingTemplate messages) {
		return new TimePublisher(messages);
	}

}
