package dev.usher.openapi;

import java.io.IOException;
import java.io.InputStream;

import io.swagger.v3.core.util.Yaml31;
import io.swagger.v3.oas.models.OpenAPI;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

/**
 * Hands the written description to springdoc, which serves it at {@code /openapi} and a
 * page for it at {@code /docs}. It is not drawn from the controllers: what a stranger
 * needs most, which errors a call has and an example of each, no signature says.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "usher.openapi.enabled", matchIfMissing = true)
class OpenApiConfiguration {

	@Bean
	OpenAPI openApi() throws IOException {
		try (InputStream yaml = new ClassPathResource("openapi.yaml", getClass()).getInputStream()) {
			return Yaml31.mapper().readValue(yaml, OpenAPI.class);
		}
	}

}
