package dev.usher.inbox.store;

import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Claims that are this node's in the database although it does not know of them, because
 * an answer was lost or another start of the reader left them. Guarded by the reader's
 * lock.
 */
final class StrandedClaims {

	private final Shares shares;

	private final Deque<ReaderBacklog.Ready> ready;

	private final Map<Long, Outstanding> again;

	private final SetAside setAside;

	private boolean suspected;

	/** What this node had when the database was asked last. */
	private Set<Long> had = new HashSet<>();

	StrandedClaims(Shares shares, Deque<ReaderBacklog.Ready> ready, Map<Long, Outstanding> again, SetAside setAside) {
		this.shares = shares;
		this.ready = ready;
		this.again = again;
		this.setAside = setAside;
	}

	boolean areSuspected() {
		return this.suspected;
	}

	void suspect() {
		this.suspected = true;
	}

	/** What this node had may be another's by now; it is asked for. */
	void lost(Collection<Long> offsets) {
		this.had.removeAll(offsets);
		this.suspected = true;
	}

	/**
	 * The database is asked now.
	 * @param own whether it answers with what is this node's own too
	 */
	void asked(boolean own) {
		this.suspected &= !own;
		this.had = known();
	}

	/**
	 * Those of an answer that this node is to hand out. What it had when it asked and has
	 * no more was acknowledged or let go of meanwhile; that is written after the answer
	 * was read, and a client that has acknowledged a message must not get it again. What
	 * was free and is taken with the answer nobody has.
	 */
	List<ReaderStore.Claim> of(List<ReaderStore.Claim> answer) {
		Set<Long> known = known();
		Set<Long> before = this.had;
		this.had = new HashSet<>();
		return answer.stream()
			.filter((claim) -> !known.contains(claim.offset()))
			.filter((claim) -> claim.owner() == null || !before.contains(claim.offset()))
			.toList();
	}

	private Set<Long> known() {
		Set<Long> known = new HashSet<>(this.again.keySet());
		this.ready.forEach((entry) -> known.add(entry.outstanding().offset));
		this.setAside.addTo(known);
		this.shares.addHeldTo(known);
		return known;
	}

}
