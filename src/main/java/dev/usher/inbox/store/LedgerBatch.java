package dev.usher.inbox.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.inbox.store.ReaderStore.Claim;
import dev.usher.inbox.store.ReaderStore.Opened;
import dev.usher.protocol.RefusedException;

/**
 * What the ledger writes in one transaction. The kinds have an order. What a reader takes
 * is written before it is left, because it was asked for before that; what is left is
 * written before what is opened, so a reader that is left and opened again in one batch
 * finds what it left.
 */
final class LedgerBatch {

	private static final Comparator<Object[]> BY_KEY = Comparator.<Object[]>comparingLong((row) -> (Long) row[0])
		.thenComparingLong((row) -> (Long) row[1]);

	private final List<Object[]> acknowledged = new ArrayList<>();

	private final List<Object[]> refused = new ArrayList<>();

	private final List<Object[]> freed = new ArrayList<>();

	private final List<Object[]> left = new ArrayList<>();

	private final List<Long> forgotten = new ArrayList<>();

	private final List<Claiming> claims = new ArrayList<>();

	private final List<Opening> openings = new ArrayList<>();

	private final List<Adopting> adoptions = new ArrayList<>();

	private final CompletableFuture<Void> written = new CompletableFuture<>();

	void acknowledge(long reader, long offset) {
		this.acknowledged.add(new Object[] { reader, offset });
	}

	void refuse(long reader, long offset, int nacks, long dueAt) {
		this.refused.add(new Object[] { nacks, dueAt, reader, offset });
	}

	void letGo(long reader, long offset, int nacks, long dueAt) {
		this.freed.add(new Object[] { nacks, dueAt, reader, offset });
	}

	void leave(long reader, boolean forget) {
		if (forget) {
			this.forgotten.add(reader);
		}
		else {
			this.left.add(new Object[] { reader });
		}
	}

	void claim(Claiming claiming) {
		this.claims.add(claiming);
	}

	void open(Opening opening) {
		this.openings.add(opening);
	}

	void adopt(Adopting adopting) {
		this.adoptions.add(adopting);
	}

	boolean isEmpty() {
		return this.acknowledged.isEmpty() && this.refused.isEmpty() && this.freed.isEmpty() && this.left.isEmpty()
				&& this.forgotten.isEmpty() && this.claims.isEmpty() && this.openings.isEmpty()
				&& this.adoptions.isEmpty();
	}

	/** Completes when all of it is in the database. */
	CompletionStage<Void> written() {
		return this.written;
	}

	/** Takes out what somebody waits to be answered; what remains only tells. */
	List<CompletableFuture<?>> takeQuestions() {
		List<CompletableFuture<?>> questions = new ArrayList<>();
		this.claims.forEach((claiming) -> questions.add(claiming.answer()));
		this.openings.forEach((opening) -> questions.add(opening.answer()));
		this.adoptions.forEach((adopting) -> questions.add(adopting.answer()));
		this.claims.clear();
		this.openings.clear();
		this.adoptions.clear();
		return questions;
	}

	/**
	 * Writes all in one transaction and answers those who asked after its commit. Each
	 * kind in one order, because other nodes have the same readers; where readers are
	 * opened too, all of them are locked first.
	 */
	void write(Target target) {
		this.acknowledged.sort(BY_KEY);
		this.claims.sort(Comparator.comparingLong(Claiming::reader));
		this.adoptions.sort(Comparator.comparingLong(Adopting::reader));
		this.openings.sort(Comparator.comparingLong(Opening::log).thenComparing(Opening::name));
		List<Runnable> answers = target.database().transaction((locked) -> {
			List<Runnable> told = new ArrayList<>();
			ReaderStore readers = target.readers();
			lock(readers);
			readers.acknowledge(this.acknowledged);
			readers.refuse(this.refused);
			readers.letGo(this.freed);
			writeClaims(readers, told);
			for (Adopting adopting : this.adoptions) {
				List<Claim> taken = readers.takeOver(adopting.reader(), adopting.own());
				told.add(() -> {
					readers.countAdopted(taken);
					adopting.answer().complete(taken);
				});
			}
			readers.release(this.left);
			this.forgotten.forEach(readers::remove);
			for (Opening opening : this.openings) {
				open(opening, readers, told);
			}
			return told;
		});
		answers.forEach(Runnable::run);
		this.written.complete(null);
	}

	private void lock(ReaderStore readers) {
		if (!this.openings.isEmpty()) {
			Set<Long> used = new HashSet<>();
			this.claims.forEach((claiming) -> used.add(claiming.reader()));
			this.adoptions.forEach((adopting) -> used.add(adopting.reader()));
			Set<Long> logs = new HashSet<>();
			Set<String> names = new HashSet<>();
			this.openings.forEach((opening) -> {
				logs.add(opening.log());
				names.add(opening.name());
			});
			readers.lock(used, logs, names);
		}
	}

	private static void open(Opening opening, ReaderStore readers, List<Runnable> told) {
		try {
			Opened opened = readers.open(opening.log(), opening.name(), opening.start());
			told.add(() -> {
				readers.countAdopted(opened.claims());
				opening.answer().complete(opened);
			});
		}
		catch (RefusedException ex) {
			told.add(() -> opening.answer().completeExceptionally(ex));
		}
	}

	private void writeClaims(ReaderStore readers, List<Runnable> told) {
		Map<Long, Integer> nodes = readers.nodes().count(this.claims.stream().map(Claiming::reader).toList());
		List<Claiming> limited = this.claims.stream()
			.map((claiming) -> claiming.limited(nodes.getOrDefault(claiming.reader(), 1)))
			.toList();
		List<Object[]> moves = new ArrayList<>(limited.size());
		limited.forEach((claiming) -> moves.add(new Object[] { claiming.to(), claiming.reader(), claiming.from() }));
		int[] changed = readers.advance(moves);
		List<Object[]> rows = new ArrayList<>();
		for (int i = 0; i < changed.length; i++) {
			Claiming claiming = limited.get(i);
			int readBy = nodes.getOrDefault(claiming.reader(), 1);
			if (changed[i] == 1) {
				claiming.offsets().forEach((offset) -> rows.add(new Object[] { claiming.reader(), offset }));
				told.add(() -> claiming.answer().complete(new Claimed(true, claiming.to(), readBy)));
			}
			else {
				long place = readers.place(claiming.reader()).orElse(Claimed.NOWHERE);
				told.add(() -> claiming.answer().complete(new Claimed(false, place, readBy)));
			}
		}
		readers.claim(rows);
	}

	/** A reader wants to move on. */
	record Claiming(long reader, long from, long to, List<Long> offsets, Feed.Demand demand,
			CompletableFuture<Claimed> answer) {

		/** Leaves other nodes that read the same their part. */
		Claiming limited(int nodes) {
			long share = FairShare.of(this.demand.backlog(), this.demand.held(), nodes);
			if (share >= this.offsets.size()) {
				return this;
			}
			List<Long> mine = this.offsets.subList(0, (int) share);
			long place = (mine.isEmpty()) ? this.from : mine.get(mine.size() - 1);
			return new Claiming(this.reader, this.from, place, mine, this.demand, this.answer);
		}

	}

	/**
	 * What became of it.
	 *
	 * @param taken whether the reader still stood where it was thought to stand
	 * @param place where it stands now
	 * @param nodes how many nodes have it open
	 */
	record Claimed(boolean taken, long place, int nodes) {

		/** Where a reader stands that was removed. */
		static final long NOWHERE = -1;

	}

	/** Somebody wants to use a reader. */
	record Opening(long log, String name, long start, CompletableFuture<Opened> answer) {

	}

	/** A reader looks for what others let go of. */
	record Adopting(long reader, boolean own, CompletableFuture<List<Claim>> answer) {

	}

	/** Where it is written to. */
	record Target(InboxDatabase database, ReaderStore readers) {

	}

}
