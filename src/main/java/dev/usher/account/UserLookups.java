package dev.usher.account;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.UserDirectory.User;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Looks for names on one thread of its own: those who ask must not wait for the database.
 * Hundreds of names are one query, so that a publisher of ten thousand new names costs
 * others little. Any thread may call.
 */
@Component
class UserLookups implements DisposableBean {

	/** Names of one query. */
	private static final int BATCH = 500;

	/** How many names may wait; further ones are refused a lookup. */
	private static final int MAX_WAITING = 20_000;

	/** How long lookups rest after the database did not answer. */
	private static final Duration PAUSE = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(UserLookups.class);

	private final AccountRepository accounts;

	private final ForeignUsers foreign;

	private final Object lock = new Object();

	private final Map<String, CompletableFuture<User>> wanted = new LinkedHashMap<>();

	private @Nullable Thread thread;

	private boolean closed;

	private long pauseUntil = System.nanoTime();

	UserLookups(AccountRepository accounts, ForeignUsers foreign) {
		this.accounts = accounts;
		this.foreign = foreign;
	}

	/**
	 * Looks for a user.
	 * @return fails where the database does not answer or too many wait
	 */
	CompletionStage<User> find(String name) {
		synchronized (this.lock) {
			if (this.closed || this.wanted.size() >= MAX_WAITING || System.nanoTime() - this.pauseUntil < 0) {
				return CompletableFuture.failedFuture(new IllegalStateException("not looked for"));
			}
			CompletableFuture<User> answer = this.wanted.computeIfAbsent(name, (same) -> new CompletableFuture<>());
			wake();
			return answer;
		}
	}

	private void wake() {
		if (this.thread == null) {
			this.thread = new Thread(this::run, "usher-users");
			this.thread.setDaemon(true);
			this.thread.start();
		}
		this.lock.notifyAll();
	}

	private void run() {
		try {
			while (await()) {
				look(take());
			}
		}
		finally {
			synchronized (this.lock) {
				this.thread = null;
			}
		}
	}

	/** Waits for work; says whether to go on. */
	private boolean await() {
		synchronized (this.lock) {
			while (!this.closed && this.wanted.isEmpty()) {
				try {
					this.lock.wait();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					return false;
				}
			}
			return !this.closed;
		}
	}

	private Map<String, CompletableFuture<User>> take() {
		Map<String, CompletableFuture<User>> taken = new LinkedHashMap<>();
		synchronized (this.lock) {
			Iterator<Map.Entry<String, CompletableFuture<User>>> entries = this.wanted.entrySet().iterator();
			while (entries.hasNext() && taken.size() < BATCH) {
				Map.Entry<String, CompletableFuture<User>> entry = entries.next();
				taken.put(entry.getKey(), entry.getValue());
				entries.remove();
			}
		}
		return taken;
	}

	private void look(Map<String, CompletableFuture<User>> names) {
		if (names.isEmpty()) {
			return;
		}
		try {
			Map<String, String> spellings = this.accounts.spellings(names.keySet());
			Set<String> others = this.foreign.find(names.keySet());
			names.forEach((name, answer) -> answer.complete(user(name, spellings, others)));
		}
		catch (RuntimeException ex) {
			pause(ex);
			names.values().forEach((answer) -> answer.completeExceptionally(ex));
		}
	}

	private static User user(String name, Map<String, String> spellings, Set<String> others) {
		String account = spellings.get(AccountRules.key(name));
		if (account == null || others.contains(name)) {
			return new User(name, others.contains(name));
		}
		return new User(account, true);
	}

	private void pause(RuntimeException failure) {
		logger.debug("Users could not be looked for", failure);
		synchronized (this.lock) {
			this.pauseUntil = System.nanoTime() + PAUSE.toNanos();
		}
	}

	@Override
	public void destroy() {
		synchronized (this.lock) {
			this.closed = true;
			this.lock.notifyAll();
		}
	}

}
