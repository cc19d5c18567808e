package dev.usher.session;

import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.edge.ClientAddress;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.throttle.Attempt;
import dev.usher.throttle.AttemptBuckets;
import dev.usher.throttle.LoginBuckets;
import dev.usher.throttle.LoginProperties;

import org.springframework.stereotype.Component;

/**
 * Slows whoever guesses passwords. A try takes a token before anything is hashed and gets
 * it back unless it fails, so that many at once are no way around. An account has a
 * bucket for all addresses it is not known at and one for each it is known at, which is
 * where somebody logged in to it within a month: what others do elsewhere never holds up
 * its owner there. Memory is bounded; any thread may call.
 */
@Component
class LoginThrottle {

	/** As long as a session lives by default. */
	private static final Duration KNOWN = Duration.ofDays(30);

	/** No account has a longer name, so all of these may share one bucket. */
	private static final int MAX_NAME = 64;

	private final LoginBuckets buckets;

	private final AttemptBuckets accounts;

	private final AttemptBuckets addresses;

	private final AttemptBuckets pairs;

	private final Cache<String, Boolean> known;

	LoginThrottle(LoginProperties properties, Clock clock, LoginBuckets buckets) {
		int remembered = properties.remembered();
		this.buckets = buckets;
		this.accounts = buckets.of("account", properties.accountAttempts(), properties.accountRefill());
		this.pairs = buckets.of("pair", properties.accountAttempts(), properties.accountRefill());
		this.addresses = buckets.of("address", properties.addressAttempts(), properties.addressRefill());
		this.known = Caffeine.newBuilder()
			.maximumSize(remembered)
			.expireAfterAccess(KNOWN)
			.ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
			.build();
	}

	/**
	 * Begins a login.
	 * @throws RefusedException {@link Reason#TOO_MANY_ATTEMPTS} with how long to wait,
	 * whether or not there is such an account
	 */
	Attempt login(String username, String address) {
		String account = account(username);
		String network = ClientAddress.network(address);
		String pair = pair(username, address);
		Runnable remember = () -> {
			this.known.put(pair, true);
			this.buckets.know(pair, KNOWN);
		};
		if (knows(username, address)) {
			return attempt(remember, new BucketShare(this.pairs, pair));
		}
		return attempt(remember, new BucketShare(this.addresses, network), new BucketShare(this.accounts, account));
	}

	/** Whether somebody logged in to the account from there within a month. */
	boolean knows(String username, String address) {
		String pair = pair(username, address);
		if (this.known.getIfPresent(pair) == null && this.buckets.isKnown(pair)) {
			this.known.put(pair, true);
		}
		return this.known.getIfPresent(pair) != null;
	}

	/**
	 * Begins a change of password, in which whoever found a device open could guess the
	 * current one. Counts for the session alone: whoever has a token of one would
	 * otherwise keep the owner, in another one, from taking it from them.
	 */
	Attempt passwordChange(String sessionId) {
		return attempt(() -> {
		}, new BucketShare(this.pairs, "password " + sessionId));
	}

	private static String pair(String username, String address) {
		return ClientAddress.network(address) + ' ' + account(username);
	}

	private static Attempt attempt(Runnable remember, BucketShare... shares) {
		int taken = 0;
		try {
			for (; taken < shares.length; taken++) {
				long wait = shares[taken].take();
				if (wait > 0) {
					throw Attempt.tooMany(wait);
				}
			}
		}
		catch (RuntimeException ex) {
			// Also where the database went away between two of them.
			Arrays.stream(shares, 0, taken).forEach(BucketShare::giveBack);
			throw ex;
		}
		return new Attempt(() -> Arrays.stream(shares).forEach(BucketShare::giveBack), remember);
	}

	/** Names are in any case. */
	private static String account(String username) {
		return (username.length() > MAX_NAME) ? "/long" : username.toLowerCase(Locale.ROOT);
	}

	/** How many names, addresses and pairs are remembered together. */
	long size() {
		this.known.cleanUp();
		return this.accounts.size() + this.pairs.size() + this.addresses.size() + this.known.estimatedSize();
	}

	private record BucketShare(AttemptBuckets buckets, String name) {

		long take() {
			return this.buckets.take(this.name);
		}

		void giveBack() {
			this.buckets.giveBack(this.name);
		}

	}

}
