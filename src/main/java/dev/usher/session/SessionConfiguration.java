package dev.usher.session;

import java.nio.charset.StandardCharsets;
import java.time.Clock;

import dev.usher.token.Revocations;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.support.GenericConversionService;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Spring Session's JDBC store, wired by hand: no request has an {@code HttpSession}.
 */
@Configuration(proxyBeanMethods = false)
class SessionConfiguration {

	/**
	 * The store. Its clean-up is scheduled by the gateway, see
	 * {@link LoginSessionRepository#cleanUpExpiredSessions}.
	 */
	@Bean
	LoginSessionRepository sessionRepository(JdbcTemplate jdbc, TransactionTemplate transaction, SessionTable table,
			Revocations revocations, Clock clock, SessionProperties properties) {
		LoginSessionRepository repository = new LoginSessionRepository(jdbc, transaction, table, revocations, clock);
		repository.setDefaultMaxInactiveInterval(properties.lifetime());
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
