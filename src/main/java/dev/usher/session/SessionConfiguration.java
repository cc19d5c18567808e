package dev.usher.session;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.support.GenericConversionService;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Spring Session's JDBC store, wired by hand: no request has an {@code HttpSession}.
 */
@Configuration(proxyBeanMethods = false)
class SessionConfiguration {

	/**
	 * The store. It joins the transaction it is called in. Its own expiry is put beyond
	 * reach, because it goes by the system's clock and ends sessions without telling
	 * anybody; {@link SessionSweeper} does it.
	 */
	@Bean
	JdbcIndexedSessionRepository sessionRepository(JdbcTemplate jdbc, TransactionTemplate transaction) {
		JdbcIndexedSessionRepository repository = new JdbcIndexedSessionRepository(jdbc, transaction);
		repository.setDefaultMaxInactiveInterval(Duration.ofSeconds(Integer.MAX_VALUE));
		repository.setCleanupCron(Scheduled.CRON_DISABLED);
		repository.setConversionService(textOnly());
		return repository;
	}

	/**
	 * Attributes are text and nothing else. What is never deserialized as Java objects
	 * cannot be made to run code by whoever gets to write to the database.
	 */
	private static GenericConversionService textOnly() {
		GenericConversionService conversion = new GenericConversionService();
		conversion.addConverter(Object.class, byte[].class,
				(value) -> ((String) value).getBytes(StandardCharsets.UTF_8));
		conversion.addConverter(byte[].class, Object.class, (bytes) -> new String(bytes, StandardCharsets.UTF_8));
		return conversion;
	}

}
