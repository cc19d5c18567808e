package dev.usher.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.function.Supplier;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.springframework.web.servlet.function.RequestPredicates.methods;
import static org.springframework.web.servlet.function.RequestPredicates.path;

/**
 * Serves the written description as JSON at {@code /openapi} and a page for it at
 * {@code /docs}. It is not drawn from the controllers: what a stranger needs most, which
 * errors a call has and an example of each, no signature says.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "usher.openapi.enabled", matchIfMissing = true)
class OpenApiConfiguration {

	private static final RequestPredicate READ = methods(HttpMethod.GET, HttpMethod.HEAD);

	private static final String PAGE = DocumentationFiles.FOLDER + "index.html";

	@Bean
	DocumentationFiles documentationFiles() {
		return new DocumentationFiles();
	}

	/** The description is read when it is asked for: no start is to wait for it. */
	@Bean
	RouterFunction<ServerResponse> openApi(JsonMapper mapper, DocumentationFiles files) {
		Supplier<byte[]> description = SingletonSupplier.of(() -> mapper.writeValueAsBytes(read()));
		return RouterFunctions.route()
			.route(READ.and(path("/openapi")),
					(request) -> ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).body(description.get()))
			.route(READ.and(path("/docs")),
					(request) -> ServerResponse.status(HttpStatus.FOUND).location(URI.create(PAGE)).build())
			.resources((request) -> files.find(request.path()))
			.build();
	}

	private Object read() {
		Resource file = new ClassPathResource("openapi.yaml", getClass());
		try (InputStream yaml = file.getInputStream()) {
			return new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
