package dev.usher.messaging;

import dev.usher.thread.HeapSize;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Methods of extensions with {@code @MessageMapping} and {@code @SubscribeMapping},
 * {@code usher.handlers.*}.
 *
 * @param threads how many run at once, 32 by default; threads are made when they are
 * needed
 * @param waitingPerConnection {@code usher.handlers.waiting-per-connection}: frames of
 * one connection that may wait for their turn, 100 by default; a connection that sends
 * more ends with {@code overloaded}
 * @param waiting the same for all connections together, 10000 by default; a user who has
 * any may have a tenth of it
 * @param waitingBytes {@code usher.handlers.waiting-bytes}: what these hold in memory, a
 * size or a share of the heap or the smaller of both, {@code 8%,64MB} by default; frames
 * of connections that are gone count until they are handled; a tenth of it for each user
 * likewise
 */
@ConfigurationProperties("usher.handlers")
public record HandlerProperties(@DefaultValue("32") int threads, @DefaultValue("100") int waitingPerConnection,
		@DefaultValue("10000") int waiting, @DefaultValue("8%,64MB") HeapSize waitingBytes) {

	static final long LEAST_BYTES = 1024 * 1024;

	private static final int MOST_THREADS = 1000;

	public HandlerProperties {
		if (threads < 1 || threads > MOST_THREADS) {
			throw new IllegalArgumentException("usher.handlers.threads must be from 1 to 1000, but is " + threads);
		}
		if (waitingPerConnection < 1) {
			throw new IllegalArgumentException(
					"usher.handlers.waiting-per-connection must be at least 1, but is " + waitingPerConnection);
		}
		if (waiting < waitingPerConnection) {
			throw new IllegalArgumentException(
					"usher.handlers.waiting must be at least usher.handlers.waiting-per-connection, but is " + waiting);
		}
		waitingBytes.check("usher.handlers.waiting-bytes", LEAST_BYTES);
	}

}
