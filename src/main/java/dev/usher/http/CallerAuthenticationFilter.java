package dev.usher.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.usher.access.Caller;
import dev.usher.access.CallerAuthentication;
import dev.usher.access.UserDirectory;
import dev.usher.dpop.BoundCredential;
import dev.usher.dpop.Proofs;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.session.Sessions;
import dev.usher.token.TokenVerifier;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Makes a {@link Caller} of the token of a request or, where it has none, of its session
 * cookie; where that is bound to a key, of a proof of that key as well. What is open to
 * anybody is not looked at: a client that sends its expired token along with the call
 * that would replace it must not be refused for that. A token in the URL is refused
 * everywhere.
 */
class CallerAuthenticationFilter extends OncePerRequestFilter {

	/** Verifying waits only where another issuer's keys must be fetched. */
	private static final Duration MAX_WAIT = Duration.ofSeconds(5);

	private final RequestMatcher open;

	private final TokenVerifier verifier;

	private final CookieAuthentication cookies;

	private final Proofs proofs;

	private final Sessions sessions;

	private final UserDirectory users;

	private final ProblemWriter problems;

	private final RequestAudit audit;

	CallerAuthenticationFilter(RequestMatcher open, TokenVerifier verifier, CookieAuthentication cookies, Proofs proofs,
			Sessions sessions, UserDirectory users, ProblemWriter problems, RequestAudit audit) {
		this.proofs = proofs;
		this.users = users;
		this.audit = audit;
		this.open = open;
		this.verifier = verifier;
		this.cookies = cookies;
		this.sessions = sessions;
		this.problems = problems;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		try {
			if (!this.open.matches(request)) {
				authenticate(request);
			}
		}
		catch (RefusedException ex) {
			this.audit.refused(request, ex);
			this.problems.write(request, response, ex, true);
			return;
		}
		chain.doFilter(request, response);
	}

	private void authenticate(HttpServletRequest request) {
		Optional<BearerToken> token = BearerToken.of(request);
		Optional<CompletionStage<Caller>> verified = token.map((shown) -> shown.verify(this.verifier));
		if (verified.isEmpty()) {
			verified = this.cookies.begin(request);
		}
		if (verified.isEmpty()) {
			return;
		}
		Caller caller = await(verified.get());
		if (caller.keyThumbprint() != null) {
			this.proofs.check(request,
					new BoundCredential(caller.keyThumbprint(), token.map(BearerToken::value).orElse(null)));
		}
		SecurityContext context = SecurityContextHolder.createEmptyContext();
		context.setAuthentication(new CallerAuthentication(caller));
		SecurityContextHolder.setContext(context);
		this.users.seen(caller);
		if (caller.sessionId() != null) {
			this.sessions.seen(caller.sessionId());
		}
	}

	private static Caller await(CompletionStage<Caller> verified) {
		try {
			return verified.toCompletableFuture().get(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RefusedException refusal) {
				throw refusal;
			}
			throw new IllegalStateException("Verifying a credential failed", ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new RefusedException(Reason.OVERLOADED, Reason.OVERLOADED.message(), MAX_WAIT);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RefusedException(Reason.OVERLOADED, Reason.OVERLOADED.message(), MAX_WAIT);
		}
	}

}
