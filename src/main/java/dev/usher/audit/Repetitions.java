package dev.usher.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.usher.audit.AuditEvent.Kind;
import dev.usher.protocol.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Keeps strangers from filling the log: refusals cost them nothing and can come by the
 * thousand. Of those that are alike, of one kind, reason and address, a few in a second
 * have a line each; the others are counted and summed up in one line. Where too many
 * addresses take part, what they do is summed up without them. Any thread may call.
 */
final class Repetitions {

	/** A guesser's first names are read by people. */
	private static final int LINES_ALIKE = 10;

	/** As much as a disk and a reader take for hours. */
	private static final int LINES = 200;

	private final Map<Key, Count> seen = new LinkedHashMap<>();

	private int lines;

	/**
	 * Counts an event among those like it in this second.
	 * @return true if it gets a line of its own, false if it goes into the sum
	 */
	synchronized boolean isWritten(AuditEvent event) {
		Reason reason = event.reason();
		if (reason == null || event.kind() == Kind.DISCONNECT) {
			return true;
		}
		Key key = new Key(event.kind(), reason, event.word(), event.from());
		if (this.seen.size() >= LINES && !this.seen.containsKey(key)) {
			key = new Key(event.kind(), reason, event.word(), null);
		}
		Count count = this.seen.computeIfAbsent(key, (alike) -> new Count());
		if (count.lines < LINES_ALIKE && this.lines < LINES) {
			count.lines++;
			this.lines++;
			return true;
		}
		count.others++;
		return false;
	}

	/** What had no line since the last call; begins anew. */
	synchronized List<Sum> takeSums() {
		List<Sum> sums = new ArrayList<>();
		this.seen.forEach((key, count) -> {
			if (count.others > 0) {
				sums.add(new Sum(AuditEvent.of(key.kind).from(key.from).because(key.reason, key.word), count.others));
			}
		});
		this.seen.clear();
		this.lines = 0;
		return sums;
	}

	/** How many had a line of their own, and how many had none. */
	private static final class Count {

		private int lines;

		private long others;

	}

	private record Key(Kind kind, Reason reason, @Nullable String word, @Nullable String from) {

	}

	/**
	 * Events that have no lines of their own.
	 *
	 * @param event what they have in common
	 * @param times how many they are
	 */
	record Sum(AuditEvent event, long times) {

	}

}
