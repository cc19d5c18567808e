package dev.usher;

import java.time.Clock;

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
		SpringApplication.run(UsherApplication.class, args);
	}

	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

}
