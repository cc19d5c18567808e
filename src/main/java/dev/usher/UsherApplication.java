package dev.usher;

import dev.usher.start.ConfigurationFolder;
import dev.usher.start.ConsoleQueue;
import dev.usher.thread.FatalErrors;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts the gateway, which is one of its auto-configurations
 * ({@link UsherAutoConfiguration}). Start reading at {@code socket} for what happens to a
 * frame, at {@code session} for what happens to a login.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class UsherApplication {

	public static void main(String[] args) {
		run(UsherApplication.class, args);
	}

	/**
	 * Starts an application that has the gateway in it, as the gateway itself is started:
	 * an error that leaves the process unfit ends it, a console that nobody reads holds
	 * up no connection, and {@code application.yaml} is found beside the jar too.
	 * @param application its {@code @SpringBootApplication}
	 */
	public static ConfigurableApplicationContext run(Class<?> application, String... args) {
		FatalErrors.install();
		SpringApplication spring = new SpringApplication(application);
		spring.setDefaultProperties(ConfigurationFolder.of(application));
		spring.addListeners(new ConsoleQueue());
		try {
			return spring.run(args);
		}
		catch (Throwable ex) {
			FatalErrors.endIfFatal(ex);
			throw ex;
		}
	}

}
