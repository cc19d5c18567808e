package dev.usher.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.usher.access.Caller;
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
 * Makes a {@link Caller} of the bearer token of a request. What is open to anybody is not
 * looked at: a client that sends its expired token along with the call that would replace
 * it must not be refused for that. A token in the URL is refused everywhere.
 */
class BearerAuthenticationFilter extends OncePerRequestFilter {

	/** Verifying waits only where another issuer's keys must be fetched. */
	private static final Duration MAX_WAIT = Duration.ofSeconds(5);

	private final RequestMatcher open;

	private final TokenVerifier verifier;

	private final Sessions sessions;

	private final ProblemWriter problems;

	BearerAuthenticationFilter(RequestMatcher open, TokenVerifier verifier, Sessions sessions, ProblemWriter problems) {
		this.open = open;
		this.verifier = verifier;
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
			this.problems.write(response, ex, true);
			return;
		}
		chain.doFilter(request, response);
	}

	private void authenticate(HttpServletRequest request) {
		Optional<String> token = BearerToken.of(request);
		if (token.isEmpty()) {
			return;
		}
		Caller caller = verify(token.get());
		SecurityContext context = SecurityContextHolder.createEmptyContext();
		context.setAuthentication(new CallerAuthentication(caller));
		SecurityContextHolder.setContext(context);
		if (caller.sessionId() != null) {
			this.sessions.seen(caller.sessionId());
		}
	}

	private Caller verify(String token) {
		try {
			return this.verifier.verify(token).toCompletableFuture().get(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RefusedException refusal) {
				throw refusal;
			}
			throw new IllegalStateException("Verifying a token failed", ex.getCause());
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
