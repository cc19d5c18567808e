package dev.usher.account;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.usher.access.Caller;
import dev.usher.access.RoleNames;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.FailureLog;
import dev.usher.thread.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.authentication.AccountStatusException;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.stereotype.Service;

/**
 * Logs in who has an account here and, where an extension brings an
 * {@link AuthenticationManager} or {@link AuthenticationProvider}s, who has one
 * elsewhere. These are asked for names that no account here has, on threads of their own,
 * so that one that hangs holds up no other login. Any thread may call; never blocks.
 */
@Service
public class ProviderLogins implements DisposableBean {

	private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(ProviderLogins.class);

	private final FailureLog failures = new FailureLog(logger, "An authentication provider could not verify a login");

	private final FailureLog refusals = new FailureLog(logger, "What an authentication provider answered is refused");

	private final Accounts accounts;

	private final KnownUsers users;

	private final @Nullable AuthenticationManager provider;

	private final HashingExecutor executor;

	private final Duration timeout;

	ProviderLogins(Accounts accounts, KnownUsers users, ObjectProvider<AuthenticationManager> authenticationManager,
			ObjectProvider<AuthenticationProvider> authenticationProviders, ProviderProperties properties) {
		this.accounts = accounts;
		this.users = users;
		List<AuthenticationProvider> providers = authenticationProviders.orderedStream().toList();
		this.provider = authenticationManager
			.getIfAvailable(() -> providers.isEmpty() ? null : new ProviderManager(providers));
		this.executor = new HashingExecutor("login-provider-", properties.threads(), properties.queue(),
				properties.timeout());
		this.timeout = properties.timeout();
	}

	/**
	 * Verifies a password and, if it is right, goes on with it on the same thread.
	 * @param username as the client wrote it
	 * @param known whether they come from where this name is known, so that places are
	 * kept for them
	 * @param then what to do with the account
	 * @return the outcome, or a {@link RefusedException} with
	 * {@link Reason#BAD_CREDENTIALS}, which does not say why, or
	 * {@link Reason#OVERLOADED}
	 */
	public <T> CompletableFuture<T> authenticate(String username, String password, boolean known,
			Function<Account, T> then) {
		CompletableFuture<T> here = this.accounts.authenticate(username, password, known, then);
		AuthenticationManager elsewhere = this.provider;
		if (elsewhere == null) {
			return here;
		}
		return here.exceptionallyCompose((failure) -> {
			Throwable cause = Failures.unwrap(failure);
			return (cause instanceof UnknownNameException && !username.isBlank())
					? ask(elsewhere, username, password, known, then) : CompletableFuture.failedFuture(cause);
		});
	}

	private <T> CompletableFuture<T> ask(AuthenticationManager elsewhere, String username, String password,
			boolean known, Function<Account, T> then) {
		CompletableFuture<T> answer = new CompletableFuture<>();
		// Whichever is first decides: the client is refused at the timeout, or the login
		// counts, and the client gets what is made of it however long that takes.
		// Otherwise a session would be left that nobody has.
		CompletableFuture<Account> verified = new CompletableFuture<>();
		verified.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS).whenComplete((account, failure) -> {
			if (failure instanceof TimeoutException) {
				this.executor.whenOver(() -> answer.completeExceptionally(overloaded()));
			}
			else if (failure != null) {
				answer.completeExceptionally(failure);
			}
		});
		this.executor.submit(known ? AccountRules.key(username) : null, () -> {
			if (!verified.isDone()) {
				Account account = verify(elsewhere, username, password);
				if (verified.complete(account)) {
					this.users.cameFromElsewhere(account.username());
					answer.complete(then.apply(account));
				}
			}
			return true;
		}).whenComplete((done, failure) -> {
			if (failure != null && !verified.completeExceptionally(failure)) {
				answer.completeExceptionally(failure);
			}
		});
		return answer;
	}

	private Account verify(AuthenticationManager elsewhere, String username, String password) {
		Authentication answer;
		try {
			answer = elsewhere.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(username, password));
		}
		catch (AuthenticationServiceException ex) {
			this.failures.note(ex);
			throw overloaded();
		}
		catch (AccountStatusException ex) {
			// The provider knows the name, so the audit log may have it.
			throw new WrongPasswordException(username);
		}
		catch (AuthenticationException ex) {
			throw new RefusedException(Reason.BAD_CREDENTIALS);
		}
		if (answer == null || !answer.isAuthenticated()) {
			throw new RefusedException(Reason.BAD_CREDENTIALS);
		}
		return Account.elsewhere(name(answer), roles(answer));
	}

	/**
	 * What no account here may be called, nobody from elsewhere is: a service's name, a
	 * slash, letters that only look the same.
	 */
	private String name(Authentication answer) {
		String name = answer.getName();
		if (name == null || !AccountRules.isUsername(name)) {
			this.refusals.note(new IllegalArgumentException("the name is none that an account may have"));
			throw new RefusedException(Reason.BAD_CREDENTIALS);
		}
		return name;
	}

	/**
	 * Nobody from elsewhere is an administrator: the account is asked, and there is none.
	 */
	private Set<String> roles(Authentication answer) {
		Set<String> roles = answer.getAuthorities()
			.stream()
			.filter((authority) -> !(authority instanceof FactorGrantedAuthority))
			.map(GrantedAuthority::getAuthority)
			.filter(Objects::nonNull)
			.map(RoleNames::ofAuthority)
			.filter((role) -> !role.equals(Caller.ADMIN) && AccountRules.isRole(role))
			.collect(Collectors.toSet());
		if (roles.size() > AccountRules.MAX_ROLES) {
			this.refusals.note(new IllegalArgumentException("more than " + AccountRules.MAX_ROLES + " authorities"));
			throw new RefusedException(Reason.BAD_CREDENTIALS);
		}
		return roles;
	}

	private static RefusedException overloaded() {
		return new RefusedException(Reason.OVERLOADED, "The login cannot be verified now. Try again soon.",
				RETRY_AFTER);
	}

	@Override
	public void destroy() {
		this.executor.destroy();
	}

}
