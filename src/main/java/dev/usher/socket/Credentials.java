package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.edge.SameOrigin;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.session.CookieLogins;
import dev.usher.session.SessionCookie;
import dev.usher.session.Tickets;
import dev.usher.stomp.ClientFrame;
import dev.usher.token.TokenVerifier;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.simp.stomp.StompHeaderAccessor;

/**
 * Finds the credentials of a CONNECT and verifies them: the {@code Authorization} header
 * of the frame, its {@code passcode}, a ticket in the frame or the URL, the
 * {@code Authorization} of the handshake, its session cookie, in this order. Each one
 * that is there must be valid, and all must name the same user, so that nobody is
 * connected as someone they did not mean.
 */
final class Credentials {

	private static final String SCHEME = "Bearer ";

	/**
	 * Headers of one name that are looked at: each costs a signature or a look into the
	 * database.
	 */
	private static final int MOST_ALIKE = 2;

	/** The header, and the parameter of the URL. */
	static final String TICKET = "ticket";

	private final TokenVerifier verifier;

	private final Tickets tickets;

	private final CookieLogins cookies;

	Credentials(TokenVerifier verifier, Tickets tickets, CookieLogins cookies) {
		this.verifier = verifier;
		this.tickets = tickets;
		this.cookies = cookies;
	}

	/**
	 * Verifies the credentials of a CONNECT; never blocks.
	 * @param headers its headers, of which names but for case are those of HTTP
	 * @return the caller, or a {@link RefusedException}
	 */
	CompletionStage<Caller> verify(Handshake handshake, StompHeaderAccessor headers) {
		List<CompletionStage<Caller>> verified = new ArrayList<>(3);
		for (String authorization : values(headers, "Authorization")) {
			verified.add(this.verifier.verify(bearer(authorization)));
		}
		String passcode = headers.getPasscode();
		if (passcode != null) {
			verified.add(this.verifier.verify(passcode));
		}
		for (String ticket : tickets(handshake, headers)) {
			verified.add(this.tickets.redeem(ticket));
		}
		if (handshake.authorization() != null) {
			verified.add(this.verifier.verify(bearer(handshake.authorization())));
		}
		for (String csrfToken : values(headers, SessionCookie.CSRF_HEADER)) {
			verified.add(this.cookies.authenticate(cookie(handshake), csrfToken));
		}
		if (verified.isEmpty()) {
			throw new RefusedException(Reason.UNAUTHORIZED);
		}
		String login = (passcode != null) ? headers.getLogin() : null;
		return all(verified).thenApply((caller) -> named(caller, login));
	}

	/**
	 * The tokens in the {@code Authorization} header of a frame, whose name is compared
	 * without case, as clients carry it over from HTTP.
	 */
	private static List<String> bearers(ClientFrame frame) {
		List<String> values = values(frame, "Authorization");
		return (values.isEmpty()) ? values : values.stream().map(Credentials::bearer).toList();
	}

	/** Whether a frame after CONNECTED carries what its connection may go on by. */
	static boolean renews(ClientFrame frame) {
		return !frame.valuesIgnoringCase("Authorization").isEmpty() || !frame.valuesIgnoringCase(TICKET).isEmpty();
	}

	/**
	 * Verifies the tokens and tickets of such a frame, which must all name the same user;
	 * never blocks.
	 */
	CompletionStage<Caller> verifyRenewal(ClientFrame frame) {
		List<CompletionStage<Caller>> verified = new ArrayList<>(1);
		bearers(frame).forEach((token) -> verified.add(this.verifier.verify(token)));
		values(frame, TICKET).forEach((ticket) -> verified.add(this.tickets.redeem(ticket)));
		return all(verified);
	}

	private static List<String> values(StompHeaderAccessor headers, String name) {
		List<String> values = new ArrayList<>(1);
		NativeHeaders.map(headers.getMessageHeaders()).forEach((each, theirs) -> {
			if (each.equalsIgnoreCase(name)) {
				values.addAll(theirs);
			}
		});
		return few(values, name);
	}

	private static List<String> values(ClientFrame frame, String name) {
		return few(frame.valuesIgnoringCase(name), name);
	}

	private static List<String> few(List<String> values, String name) {
		if (values.size() > MOST_ALIKE) {
			throw new RefusedException(Reason.BAD_FRAME, "There are too many headers " + name + ".");
		}
		return values;
	}

	private static List<String> tickets(Handshake handshake, StompHeaderAccessor headers) {
		List<String> tickets = new ArrayList<>(values(headers, TICKET));
		if (handshake.ticket() != null) {
			tickets.add(handshake.ticket());
		}
		return tickets;
	}

	/**
	 * The session cookie, which is a credential only once the page has repeated its CSRF
	 * token: the browser sends it whatever the page means to log in with.
	 */
	private static SessionCookie cookie(Handshake handshake) {
		if (!SameOrigin.holds(handshake.origin(), handshake.fetchSite(), handshake.ownOrigin())) {
			throw new RefusedException(Reason.FORBIDDEN,
					"A session cookie is for pages of the gateway's own origin alone.");
		}
		return SessionCookie.find(handshake.cookie(), handshake.ownOrigin().startsWith("https:"))
			.orElseThrow(() -> new RefusedException(Reason.UNAUTHORIZED));
	}

	private static CompletionStage<Caller> all(List<CompletionStage<Caller>> stages) {
		CompletionStage<Caller> verified = stages.get(0);
		for (CompletionStage<Caller> next : stages.subList(1, stages.size())) {
			verified = verified.thenCombine(next, (first, other) -> named(first, other.name()));
		}
		return verified;
	}

	private static Caller named(Caller caller, @Nullable String name) {
		if (name != null && !name.equals(caller.name())) {
			throw new RefusedException(Reason.UNAUTHORIZED, "The credentials name different users.");
		}
		return caller;
	}

	/**
	 * Verifies the credential of a handshake as far as that can be done at once.
	 * @throws RefusedException where it is bad
	 */
	void checkHandshake(@Nullable String authorization) {
		if (authorization != null) {
			CompletableFuture<Caller> verified = this.verifier.verify(bearer(authorization)).toCompletableFuture();
			if (verified.isDone()) {
				Refusals.join(verified);
			}
		}
	}

	/**
	 * RFC 6750, section 2.1; the scheme is compared without case (RFC 9110, section
	 * 11.1).
	 */
	private static String bearer(String authorization) {
		if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
			throw new RefusedException(Reason.UNAUTHORIZED);
		}
		return authorization.substring(SCHEME.length()).strip();
	}

}
