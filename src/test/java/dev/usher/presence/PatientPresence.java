package dev.usher.presence;

import java.time.Duration;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/**
 * For tests that ask who gets a place: on a busy machine the database is slow now and
 * then, and a node would let everybody in. The timeout of a connect has to be four times
 * this at least.
 */
public class PatientPresence {

	@Bean
	@Primary
	Patience patient() {
		return new Patience(Duration.ofSeconds(10), Duration.ofSeconds(27));
	}

}
