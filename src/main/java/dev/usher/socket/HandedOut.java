package dev.usher.socket;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The messages of a subscription that its client has yet to acknowledge, in the order in
 * which each came first. One that the client had for too long may have been with others
 * and come again: its copies have one name, so the client's word for one of them is taken
 * to mean no more than it may. Guarded by whoever has it.
 */
final class HandedOut {

	/** Of how many a word for a second copy is still understood. */
	private static final int REMEMBERED = 256;

	/** How often each came after the first time. */
	private final Map<String, Integer> waiting = new LinkedHashMap<>();

	/** Copies of messages that are acknowledged, whose word may still come. */
	private @Nullable Map<String, Integer> copies;

	/** Adds one that was handed out; says whether it was not there yet. */
	boolean add(String messageId) {
		return this.waiting.merge(messageId, 0, (before, none) -> before + 1) == 0;
	}

	/**
	 * Takes one out, or all up to it.
	 * @return the offsets that went, none for a second copy of what went before; null
	 * where nobody was given such a message
	 */
	@Nullable List<Long> take(String messageId, boolean through) {
		if (!this.waiting.containsKey(messageId)) {
			return (isCopy(messageId)) ? List.of() : null;
		}
		List<Long> offsets = new ArrayList<>();
		if (!through) {
			offsets.add(offset(messageId));
			keepCopies(messageId, this.waiting.remove(messageId));
			return offsets;
		}
		Iterator<Map.Entry<String, Integer>> all = this.waiting.entrySet().iterator();
		String next;
		do {
			Map.Entry<String, Integer> entry = all.next();
			next = entry.getKey();
			offsets.add(offset(next));
			keepCopies(next, entry.getValue());
			all.remove();
		}
		while (!next.equals(messageId));
		return offsets;
	}

	private void keepCopies(String messageId, @Nullable Integer count) {
		if (count == null || count == 0) {
			return;
		}
		if (this.copies == null) {
			this.copies = new LinkedHashMap<>();
		}
		this.copies.put(messageId, count);
		if (this.copies.size() > REMEMBERED) {
			this.copies.remove(this.copies.keySet().iterator().next());
		}
	}

	/** Whether it is a copy of what is acknowledged, of which there is one less then. */
	private boolean isCopy(String messageId) {
		Integer left = (this.copies != null) ? this.copies.remove(messageId) : null;
		if (left != null) {
			keepCopies(messageId, left - 1);
		}
		return left != null;
	}

	private static long offset(String messageId) {
		return Long.parseLong(messageId.substring(messageId.lastIndexOf('-') + 1));
	}

	int size() {
		return this.waiting.size();
	}

	void clear() {
		this.waiting.clear();
		this.copies = null;
	}

}
