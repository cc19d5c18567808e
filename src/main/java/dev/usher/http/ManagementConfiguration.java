package dev.usher.http;

import io.micrometer.core.instrument.config.MeterFilter;

import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Who may see metrics: whoever reaches the management port, which by default is this
 * machine alone. Health and metrics hold no secret, and a collector of metrics has no
 * session here.
 */
@Configuration(proxyBeanMethods = false)
class ManagementConfiguration {

	/** Known once the second server is up. */
	private static final String LOCAL_PORT = "local.management.port";

	@Bean
	static MeterFilter meterNames() {
		return new MeterNames();
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	SecurityFilterChain managementFilterChain(HttpSecurity http, Environment environment) throws Exception {
		boolean own = ManagementPortType.get(environment) == ManagementPortType.DIFFERENT;
		http.securityMatcher(
				(request) -> own && String.valueOf(request.getLocalPort()).equals(environment.getProperty(LOCAL_PORT)))
			.csrf(AbstractHttpConfigurer::disable)
			.requestCache(AbstractHttpConfigurer::disable)
			.sessionManagement((session) -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.authorizeHttpRequests((requests) -> requests
				.requestMatchers("/actuator/health", "/actuator/health/*", "/actuator/prometheus")
				.permitAll()
				.anyRequest()
				.denyAll());
		return http.build();
	}

}
