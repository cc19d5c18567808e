package dev.usher.thread;

import org.springframework.util.unit.DataSize;

/**
 * How much memory something may take, as a property says it: a size ({@code 32MB}), a
 * share of the largest heap ({@code 25%}), or the smaller of both ({@code 6%,32MB}), so
 * that the defaults together leave room in a small heap too.
 */
public final class HeapSize {

	private static final int MOST_PERCENT = 90;

	private final String text;

	private final long size;

	private final boolean isShare;

	private HeapSize(String text, long heap) {
		this.text = text;
		this.isShare = text.contains("%");
		this.size = parse(text, heap);
	}

	/** Reads one. Whether it is one, {@link #bytes(long)} says: it knows for what. */
	public static HeapSize valueOf(String text) {
		return of(text, Runtime.getRuntime().maxMemory());
	}

	static HeapSize of(String text, long heap) {
		return new HeapSize(text, heap);
	}

	private static long parse(String text, long heap) {
		int comma = text.indexOf(',');
		try {
			if (comma >= 0) {
				long share = share(text.substring(0, comma).strip(), heap);
				return (share < 0) ? -1 : Math.min(share, DataSize.parse(text.substring(comma + 1).strip()).toBytes());
			}
			return text.endsWith("%") ? share(text, heap) : DataSize.parse(text).toBytes();
		}
		catch (IllegalArgumentException ex) {
			return -1;
		}
	}

	private static long share(String text, long heap) {
		if (!text.endsWith("%")) {
			return -1;
		}
		int percent = Integer.parseInt(text.substring(0, text.length() - 1).strip());
		return (percent >= 1 && percent <= MOST_PERCENT) ? heap / 100 * percent : -1;
	}

	/**
	 * How many bytes that is.
	 * @param least what is needed at least: a share of a heap that is too small for it
	 * counts as this
	 * @return less than {@code least} where the text is no size, or one that is too small
	 */
	public long bytes(long least) {
		return (this.isShare && this.size >= 0) ? Math.max(least, this.size) : this.size;
	}

	/**
	 * The same, checked.
	 * @param property the property's full name
	 * @throws IllegalArgumentException where it is no size, or one that is too small
	 */
	public long check(String property, long least) {
		long bytes = bytes(least);
		if (bytes < least) {
			throw new IllegalArgumentException(property + " must be a size of " + atLeast(least)
					+ ", a share of 1% to 90% of the heap, or both with a comma between, but is " + this.text);
		}
		return bytes;
	}

	private static String atLeast(long bytes) {
		DataSize size = DataSize.ofBytes(bytes);
		return ((bytes > 0 && bytes % (1024 * 1024) == 0) ? size.toMegabytes() + "MB" : bytes + "B") + " at least";
	}

	@Override
	public String toString() {
		return this.text;
	}

}
