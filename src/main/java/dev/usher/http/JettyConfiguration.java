package dev.usher.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;

/** What Jetty says of itself when a request never reaches a servlet. */
@Configuration(proxyBeanMethods = false)
class JettyConfiguration {

	@Bean
	WebServerFactoryCustomizer<JettyServletWebServerFactory> problemsOfJetty(JsonMapper mapper) {
		return (factory) -> factory.addServerCustomizers((server) -> server.setErrorHandler(new Problems(mapper)));
	}

	/**
	 * Jetty's own page names the server and may show a stack trace; this shows neither.
	 */
	private static final class Problems extends ErrorHandler {

		private final JsonMapper mapper;

		private Problems(JsonMapper mapper) {
			this.mapper = mapper;
		}

		@Override
		protected void generateResponse(Request request, Response response, int code, @Nullable String message,
				@Nullable Throwable cause, Callback callback) {
			response.getHeaders().put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
			Content.Sink.write(response, true, new String(body(code), StandardCharsets.UTF_8), callback);
		}

		@Override
		public ByteBuffer badMessageError(int status, @Nullable String reason, HttpFields.Mutable fields) {
			fields.put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
			return ByteBuffer.wrap(body(status));
		}

		private byte[] body(int status) {
			return this.mapper.writeValueAsBytes(Problem.ofStatus(status));
		}

	}

}
