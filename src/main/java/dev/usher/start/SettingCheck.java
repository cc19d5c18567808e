package dev.usher.start;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.LogFile;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Stops the start for properties of Spring Boot that would give half a gateway, or end in
 * a stack trace. Comes before the log is opened.
 */
class SettingCheck implements EnvironmentPostProcessor, Ordered {

	private static final List<String> PORTS = List.of("server.port", "management.server.port");

	private static final int LAST_PORT = 65535;

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		checkPrefix(environment, "server.servlet.context-path");
		checkPrefix(environment, "spring.mvc.servlet.path");
		checkForwardedHeaders(environment);
		checkPorts(environment);
		checkLogFile(environment);
	}

	/** The WebSocket and the pages are served before any servlet. */
	private static void checkPrefix(Environment environment, String property) {
		String path = environment.getProperty(property, "");
		if (!path.isBlank() && !path.strip().equals("/")) {
			throw new SettingException(
					property + " cannot be " + path + ": /ws and /usher.js would stay where they are.",
					"Leave it out. A proxy in front can cut the prefix off, see proxies.md.");
		}
	}

	private static void checkForwardedHeaders(Environment environment) {
		String property = "server.forward-headers-strategy";
		String strategy = environment.getProperty(property, "none");
		if (!strategy.equalsIgnoreCase("none")) {
			throw new SettingException(
					property + " cannot be " + strategy + ": forwarded headers would be believed from everybody.",
					"Leave it out, and list the proxies whose headers are believed in usher.proxies.");
		}
	}

	private static void checkPorts(Environment environment) {
		for (String property : PORTS) {
			if (port(environment, property) > LAST_PORT) {
				throw new SettingException(
						property + " is " + port(environment, property) + ", and ports end at 65535.",
						"Give another, or 0 for any that is free.");
			}
		}
		int port = port(environment, "server.port");
		if (port > 0 && port == port(environment, "management.server.port")) {
			throw new SettingException("server.port and management.server.port are both " + port + ".",
					"Metrics have a port of their own. Give management.server.port another, or -1 for no metrics.");
		}
	}

	/** 0 for what is no number, which Spring Boot explains. */
	private static int port(Environment environment, String property) {
		String port = environment.getProperty(property, property.equals("server.port") ? "8080" : "0").strip();
		return port.matches("\\d{1,9}") ? Integer.parseInt(port) : 0;
	}

	private static void checkLogFile(ConfigurableEnvironment environment) {
		LogFile log = LogFile.get(environment);
		if (log == null) {
			return;
		}
		Path file = Path.of(log.toString()).toAbsolutePath();
		Path folder = file.getParent();
		try {
			if (folder != null) {
				Files.createDirectories(folder);
			}
			new FileOutputStream(file.toFile(), true).close();
		}
		catch (IOException ex) {
			throw new SettingException("The log file " + file + " cannot be opened.",
					"Correct logging.file.name (or logging.file.path), or let the user of this process write there.");
		}
	}

}
