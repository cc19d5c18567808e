package dev.usher.publish;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.protocol.Destination;
import dev.usher.protocol.PublisherId;

/**
 * The ids of messages to live destinations. Nothing of those is on disk, so neither are
 * these: a restart forgets them, and so does a flood that is over the memory they may
 * take, the oldest first. Any thread may call.
 */
final class LiveIds {

	/** Part of the contract, and the same as for stored messages. */
	static final Duration KEPT = Duration.ofHours(24);

	/** What an entry costs beside the characters of its key, measured generously. */
	private static final int ENTRY_BYTES = 450;

	private final Cache<Key, CompletableFuture<Published>> answers;

	LiveIds(PublishProperties properties, Clock clock) {
		this.answers = Caffeine.newBuilder()
			.maximumWeight(properties.liveIds().bytes(0))
			.weigher((Key key, CompletableFuture<Published> answer) -> key.weight())
			.expireAfterWrite(KEPT)
			.ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
			.executor(Runnable::run)
			.build();
	}

	/**
	 * Delivers the first message of an id, and answers every other like the first. Of two
	 * at the same moment one delivers and the other's answer follows. An id belongs to
	 * its publisher: nobody else can use it up.
	 * @param delivery delivers on the caller's thread; if it throws, the id stays unused
	 */
	CompletionStage<Published> once(PublisherId publisher, Destination destination, String id,
			Supplier<Published> delivery) {
		Key key = new Key(publisher, destination.address(), id);
		CompletableFuture<Published> mine = new CompletableFuture<>();
		CompletableFuture<Published> first = this.answers.asMap().putIfAbsent(key, mine);
		if (first != null) {
			return first.thenApply(Published::again);
		}
		try {
			mine.complete(delivery.get());
			return mine;
		}
		catch (RuntimeException | Error ex) {
			this.answers.asMap().remove(key, mine);
			mine.completeExceptionally(ex);
			throw ex;
		}
	}

	private record Key(PublisherId publisher, String address, String id) {

		int weight() {
			return ENTRY_BYTES + 2 * (this.publisher.name().length() + this.address.length() + this.id.length());
		}

	}

}
