package dev.usher.start;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Says in one line that the gateway is up, and where. */
@Component
class UpNotice {

	private static final Logger logger = LoggerFactory.getLogger(UpNotice.class);

	private final ServerProperties server;

	UpNotice(ServerProperties server) {
		this.server = server;
	}

	@EventListener
	@Order(Ordered.HIGHEST_PRECEDENCE)
	void onReady(ApplicationReadyEvent event) {
		if (event.getApplicationContext() instanceof WebServerApplicationContext context
				&& context.getWebServer() != null) {
			logger.info("Usher is up on {}://{}:{} after {}, on Java {}{}", scheme(), host(this.server.getAddress()),
					context.getWebServer().getPort(), seconds(event.getTimeTaken()), Runtime.version(), extensions());
		}
	}

	private String extensions() {
		List<String> names = Extensions.of(getClass().getClassLoader()).names();
		return names.isEmpty() ? "" : ", with " + String.join(", ", names);
	}

	private String scheme() {
		return Ssl.isEnabled(this.server.getSsl()) ? "https" : "http";
	}

	private static String host(@Nullable InetAddress address) {
		return (address != null && !address.isAnyLocalAddress() && !address.isLoopbackAddress())
				? address.getHostAddress() : "localhost";
	}

	private static String seconds(@Nullable Duration taken) {
		return (taken != null) ? taken.toMillis() / 1000 + "." + taken.toMillis() % 1000 / 100 + " s" : "a while";
	}

}
