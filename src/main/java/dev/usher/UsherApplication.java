package dev.usher;

import java.time.Clock;

import dev.usher.start.ConsoleQueue;
import dev.usher.thread.FatalErrors;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/**
 * The gateway. Start reading at {@code socket} for what happens to a frame, at
 * {@code session} for what happens to a login.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class UsherApplication {

	public static void main(String[] args) {
		FatalErrors.install();
		SpringApplication application = new SpringApplication(UsherApplication.class);
		application.addListeners(new ConsoleQueue());
		try {
			application.run(args);
		}
		catch (Throwable ex) {
			FatalErrors.endIfFatal(ex);
			throw ex;
		}
	}

	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

}
