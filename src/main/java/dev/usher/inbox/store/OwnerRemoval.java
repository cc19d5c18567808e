package dev.usher.inbox.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import dev.usher.protocol.Destination;
import dev.usher.thread.WorkerPool;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Removes all that is stored for a user, in two steps. The rows of the logs go in the
 * caller's transaction: the next owner of the name would read what a removal after the
 * commit leaves, where the process ends or the database goes away between. The rest may
 * be much and is removed after the commit; what is left of it nobody finds, and it
 * expires.
 */
final class OwnerRemoval {

	private final InboxDatabase database;

	private final LogStore logs;

	private final LiveLogs live;

	private final WorkerPool pool;

	OwnerRemoval(InboxDatabase database, LogStore logs, LiveLogs live, WorkerPool pool) {
		this.database = database;
		this.logs = logs;
		this.live = live;
		this.pool = pool;
	}

	CompletableFuture<@Nullable Void> remove(String username) {
		CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
		if (!TransactionSynchronizationManager.isActualTransactionActive()) {
			removeRest(this.database.transaction((locked) -> hide(username)), done);
			return done;
		}
		List<LogHead> hidden = hide(username);
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				removeRest(hidden, done);
			}

		});
		return done;
	}

	/** From the commit on nobody finds or fills these logs. */
	private List<LogHead> hide(String username) {
		List<LogHead> owned = this.logs.lockOwnedBy(Destination.encode(username));
		this.logs.remove(owned);
		owned.forEach(this.logs::recordRemoval);
		return owned;
	}

	private void removeRest(List<LogHead> hidden, CompletableFuture<@Nullable Void> done) {
		try {
			this.pool.<@Nullable Void>supply(() -> {
				hidden.forEach((log) -> {
					this.logs.forget(List.of(log.address()));
					this.live.removed(log.id(), log.address());
				});
				hidden.forEach(this::removeRest);
				return null;
			}).whenComplete((nothing, failure) -> {
				if (failure != null) {
					done.completeExceptionally(failure);
				}
				else {
					done.complete(null);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			// The caller's transaction is committed, so it must not seem to have failed.
			done.completeExceptionally(ex);
		}
	}

	private void removeRest(LogHead log) {
		this.database.transaction((locked) -> {
			this.logs.removeReaders(log);
			return this.database.sql().sql("DELETE FROM inbox_messages WHERE log_id = ?").param(log.id()).update();
		});
	}

}
