package dev.usher.jetty;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

import dev.usher.edge.ClientAddress;
import dev.usher.edge.Hosts;
import dev.usher.http.BearerChallenge;
import dev.usher.http.BodyOwners;
import dev.usher.http.HealthAnswer;
import dev.usher.http.HttpProperties;
import dev.usher.http.Problem;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;

/** What Jetty says of itself when a request never reaches a servlet. */
@Configuration(proxyBeanMethods = false)
class JettyConfiguration {

	@Bean
	WebServerFactoryCustomizer<JettyServletWebServerFactory> problemsOfJetty(JsonMapper mapper) {
		return (factory) -> factory
			.addServerCustomizers((server) -> server.setErrorHandler(new ProblemErrorHandler(mapper)));
	}

	/**
	 * Of both ports, once it is known what they speak and before there is a connector.
	 */
	@Bean
	WebServerFactoryCustomizer<JettyServletWebServerFactory> certificates(SslBundles bundles, Clock clock,
			ObjectProvider<ManagementServerProperties> management, Environment environment) {
		CertificateCheck check = new CertificateCheck(bundles, clock);
		return (factory) -> {
			check.check("server.ssl", factory.getSsl());
			if (ManagementPortType.get(environment) == ManagementPortType.DIFFERENT) {
				management.ifAvailable((port) -> check.check("management.server.ssl", port.getSsl()));
			}
		};
	}

	/** After Spring Boot's own, which makes the connectors and the access log. */
	@Bean
	WebServerFactoryCustomizer<JettyServletWebServerFactory> edges(HttpProperties properties, TlsProperties tls,
			ServerProperties server, SslBundles bundles, JsonMapper mapper, Hosts hosts, ClientAddress addresses,
			StaticPages pages, BodyOwners owners, ObjectProvider<HealthEndpoint> health) {
		HostCheck hostCheck = new HostCheck(hosts, addresses);
		byte[] overloaded = mapper.writeValueAsBytes(Problem.of(Reason.OVERLOADED));
		return (factory) -> factory.addServerCustomizers((jetty) -> {
			GuardedConnector.guard(jetty, addresses, limits(properties));
			harden(jetty, hostCheck);
			Holders holders = new Holders(addresses);
			Handler shared = new ThreadShareHandler(jetty.getHandler(), jetty);
			Handler servlets = new DetachedAnswerHandler(shared, holders, AddressShares.ofHeap());
			Handler bodies = new BodyArrivalHandler(servlets, properties.maxBody().toBytes(), holders, owners, jetty);
			Handler files = new StaticContentHandler(bodies, pages::find);
			Handler probes = new HealthHandler(files, (group) -> HealthAnswer
				.of((group != null) ? health.getObject().healthForPath(group) : health.getObject().health()));
			jetty.setHandler(new UnreadBodyHandler(
					new RequestShareHandler(probes, holders, properties.perAddress(), overloaded)));
			TlsProvider.use(jetty, tls.provider());
			String bundle = Ssl.isEnabled(server.getSsl()) ? server.getSsl().getBundle() : null;
			if (bundle != null) {
				bundles.addBundleUpdateHandler(bundle, new TlsReload(jetty)::onUpdate);
			}
		});
	}

	private static ConnectionLimits limits(HttpProperties properties) {
		return new ConnectionLimits(properties.perAddress(), properties.requestTimeout(),
				properties.minRate().toBytes());
	}

	private static void harden(Server jetty, HostCheck hostCheck) {
		for (Connector connector : jetty.getConnectors()) {
			connector.getConnectionFactories().forEach((each) -> {
				if (each instanceof HttpConfiguration.ConnectionFactory http) {
					customize(http.getHttpConfiguration(), hostCheck);
				}
			});
		}
		if (jetty.getRequestLog() != null) {
			jetty.setRequestLog(new TicketFreeRequestLog(jetty.getRequestLog()));
		}
	}

	/**
	 * Jetty compares the name of the certificate with the {@code Host}, which we do
	 * ourselves with more names; and a probe of health by IP address must pass.
	 */
	private static void customize(HttpConfiguration http, HostCheck hostCheck) {
		SecureRequestCustomizer secure = http.getCustomizer(SecureRequestCustomizer.class);
		if (secure != null) {
			secure.setSniHostCheck(false);
		}
		http.addCustomizer(new SecurityHeaders());
		http.addCustomizer(hostCheck);
	}

	/**
	 * Jetty's own page names the server and may show a stack trace; this shows neither.
	 */
	private static final class ProblemErrorHandler extends ErrorHandler {

		private final JsonMapper mapper;

		private ProblemErrorHandler(JsonMapper mapper) {
			this.mapper = mapper;
		}

		/** Jetty's own says nothing to PUT, DELETE and the like. */
		@Override
		public boolean errorPageForMethod(String method) {
			return true;
		}

		@Override
		protected void generateResponse(Request request, Response response, int code, @Nullable String message,
				@Nullable Throwable cause, Callback callback) {
			// Of what was no request, nobody has added them yet.
			SecurityHeaders.addTo(response.getHeaders());
			response.getHeaders().put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
			if (!request.getConnectionMetaData().isPersistent()) {
				// RFC 9112, section 9.6: without it a client sends its next request into
				// the end of the connection.
				response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
			}
			byte[] body = (request.getAttribute(RefusedException.ATTRIBUTE) instanceof RefusedException refusal)
					? refused(request, response, refusal) : body(code);
			Content.Sink.write(response, true, new String(body, StandardCharsets.UTF_8), callback);
		}

		/** A handshake that was refused, before any servlet. */
		private byte[] refused(Request request, Response response, RefusedException refusal) {
			String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
			BearerChallenge.of(refusal, authorization != null, authorization)
				.ifPresent((challenge) -> response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, challenge));
			refusal.retryAfter()
				.ifPresent((wait) -> response.getHeaders().put(HttpHeader.RETRY_AFTER, RefusedException.seconds(wait)));
			return this.mapper.writeValueAsBytes(Problem.of(refusal));
		}

		@Override
		public ByteBuffer badMessageError(int status, @Nullable String reason, HttpFields.Mutable fields) {
			SecurityHeaders.addTo(fields);
			fields.put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
			fields.put(HttpFields.CONNECTION_CLOSE);
			return ByteBuffer.wrap(body(status));
		}

		private byte[] body(int status) {
			return this.mapper.writeValueAsBytes(Problem.ofStatus(status));
		}

	}

}
