package dev.usher.operation;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.usher.protocol.CheckedBody;
import org.jspecify.annotations.Nullable;

/**
 * The body of a redrive: which dead letters go back, the oldest where it does not say.
 *
 * @param offsets theirs, {@value #MOST} at most
 * @param after where the oldest are looked for, behind this offset; 0 where absent
 * @param limit how many of the oldest at most, 100 where absent
 */
record RedriveRequest(@Nullable List<@Nullable Long> offsets, @Nullable Long after,
		@Nullable Integer limit) implements CheckedBody {

	/** So many go back in one call. */
	static final int MOST = 1000;

	private static final int USUAL = 100;

	@Override
	public void check() {
		if (this.offsets != null && (this.after != null || this.limit != null)) {
			throw Parameters.bad("Member \"offsets\" stands in the place of \"after\" and \"limit\".");
		}
		if (this.offsets != null && (this.offsets.isEmpty() || this.offsets.size() > MOST
				|| this.offsets.stream().anyMatch((offset) -> offset == null || offset < 1))) {
			throw Parameters.bad("Member \"offsets\" has 1 to " + MOST + " offsets, each at least 1.");
		}
		if (this.limit != null && (this.limit < 1 || this.limit > MOST)) {
			throw Parameters.bad("Member \"limit\" must be from 1 to " + MOST + ".");
		}
		if (this.after != null && this.after < 0) {
			throw Parameters.bad("Member \"after\" must not be negative.");
		}
	}

	/** The offsets in their order, each once, or null for the oldest. */
	@Nullable List<Long> distinctOffsets() {
		if (this.offsets == null) {
			return null;
		}
		Set<Long> distinct = new TreeSet<>();
		for (Long offset : this.offsets) {
			if (offset != null) {
				distinct.add(offset);
			}
		}
		return List.copyOf(distinct);
	}

	long place() {
		return (this.after != null) ? this.after : 0;
	}

	int most() {
		return (this.limit != null) ? this.limit : USUAL;
	}

}
