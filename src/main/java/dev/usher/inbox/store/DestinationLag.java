package dev.usher.inbox.store;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.usher.protocol.Destination;
import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How far behind the readers of some destinations are that an operator has named, whoever
 * reads them and whether anybody does. Asks the database every {@value #PERIOD} seconds,
 * on a thread of its own, which is only there where a destination is named: no scrape
 * waits for it.
 */
@Component
class DestinationLag implements MeterBinder, InitializingBean, DisposableBean {

	static final int PERIOD = 10;

	private static final Duration LAST = Duration.ofSeconds(1);

	/**
	 * Of a reader that outlives connections: what came after its place, and what it was
	 * handed and has not acknowledged. Where there is none, all that is kept. The lost
	 * offset of a log would hide those that are kept below it: it is the highest that is
	 * gone.
	 */
	private static final String LAGS = """
			SELECT l.address, MAX(l.head - GREATEST(COALESCE(r.next_offset, 0), COALESCE((
			  SELECT m.log_offset - 1 FROM inbox_messages m WHERE m.log_id = l.id
			  ORDER BY m.log_id, m.log_offset LIMIT 1), l.head)) + (
			  SELECT COUNT(*) FROM inbox_claims c WHERE c.reader_id = r.id)) AS lag
			FROM inbox_logs l LEFT JOIN inbox_readers r ON r.log_id = l.id
			WHERE l.address IN (:addresses) GROUP BY l.address
			""";

	private final JdbcClient database;

	private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(DestinationLag.class),
			"The lag of the readers of usher.metrics.destinations could not be read");

	private final ScheduledThread thread = new ScheduledThread("inbox-lag", this.failures);

	/** By the text an operator has written, the address. */
	private final Map<String, String> addresses = new LinkedHashMap<>();

	private final Map<String, Long> lags = new ConcurrentHashMap<>();

	DestinationLag(JdbcTemplate template, MetricsProperties properties) {
		this.database = JdbcClient.create(template);
		properties.destinations().forEach((text) -> this.addresses.put(text, Destination.forPublish(text).address()));
	}

	@Override
	public void afterPropertiesSet() {
		if (!this.addresses.isEmpty()) {
			this.thread.scheduleWithFixedDelay(this::read, 0, PERIOD, TimeUnit.SECONDS);
		}
	}

	void read() {
		Map<String, Long> found = new LinkedHashMap<>();
		try {
			this.database.sql(LAGS)
				.param("addresses", List.copyOf(this.addresses.values()))
				.query((row, number) -> Map.entry(row.getString("address"), row.getLong("lag")))
				.list()
				.forEach((row) -> found.put(row.getKey(), row.getValue()));
			this.addresses.values().forEach((address) -> this.lags.put(address, found.getOrDefault(address, 0L)));
		}
		catch (DataAccessException ex) {
			// What was true once is not told for ever.
			this.lags.clear();
			this.failures.note(ex);
		}
	}

	private double lag(String address) {
		Long lag = this.lags.get(address);
		return (lag != null) ? lag : Double.NaN;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.addresses.forEach((text, address) -> Gauge
			.builder("usher.destination.lag", this, (all) -> all.lag(address))
			.description("Messages of a destination of usher.metrics.destinations that the slowest of its readers that "
					+ "outlive connections has yet to acknowledge, or all that is kept where there is no such reader; "
					+ "the same on every node")
			.baseUnit("messages")
			.tag("destination", text)
			.register(registry));
	}

	@Override
	public void destroy() {
		this.thread.close(LAST);
	}

}
