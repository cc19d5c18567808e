package dev.usher.demo;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Walks the main job once the gateway is up, then leaves it up or ends the process. Runs
 * on the thread that started the gateway; the walk takes about a second, and none of its
 * steps waits longer than {@link DemoSocket#PATIENCE}.
 */
@Component
@Profile("demo")
class Demo {

	private final DemoProperties properties;

	private final ServerProperties server;

	Demo(DemoProperties properties, ServerProperties server) {
		this.properties = properties;
		this.server = server;
	}

	@EventListener
	@Order(Ordered.LOWEST_PRECEDENCE)
	void onReady(ApplicationReadyEvent event) {
		ConfigurableApplicationContext context = event.getApplicationContext();
		if (!(context instanceof WebServerApplicationContext server) || server.getWebServer() == null) {
			return;
		}
		URI gateway = URI.create("http://" + host() + ":" + server.getWebServer().getPort());
		DemoPrinter printer = new DemoPrinter(System.out);
		boolean held = new DemoWalk(gateway, printer).run();
		if (this.properties.exits()) {
			System.exit(SpringApplication.exit(context, () -> held ? 0 : 1));
		}
		printer.commands(gateway);
	}

	/** Where it listens on one address alone, nothing else reaches it. */
	private String host() {
		InetAddress address = this.server.getAddress();
		if (address == null || address.isAnyLocalAddress() || address.isLoopbackAddress()) {
			return "localhost";
		}
		return (address instanceof Inet6Address) ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
	}

}
