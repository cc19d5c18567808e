package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.dpop.BoundCredential;
import dev.usher.dpop.Proof;
import dev.usher.dpop.Proofs;
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
 * connected as someone they did not mean. What is bound to a key counts with a proof of
 * that key (RFC 9449), in the header {@code DPoP} of the frame.
 */
final class Credentials {

	private static final String BEARER = "Bearer ";

	private static final String DPOP = "DPoP ";

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

	private final Proofs proofs;

	Credentials(TokenVerifier verifier, Tickets tickets, CookieLogins cookies, Proofs proofs) {
		this.proofs = proofs;
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
		// First: a proof that needs another nonce must cost no ticket.
		List<String> proofs = values(headers, Proofs.HEADER);
		Proof proof = proofs.isEmpty() ? null : this.proofs.ofConnect(proofs, handshake.url());
		List<Shown> shown = new ArrayList<>(3);
		for (String authorization : values(headers, "Authorization")) {
			shown.add(token(authorization));
		}
		String passcode = headers.getPasscode();
		if (passcode != null) {
			shown.add(new Shown(passcode, this.verifier.verify(passcode)));
		}
		for (String ticket : tickets(handshake, headers)) {
			shown.add(new Shown(ticket, this.tickets.redeem(ticket)));
		}
		if (handshake.authorization() != null) {
			shown.add(token(handshake.authorization()));
		}
		for (String csrfToken : values(headers, SessionCookie.CSRF_HEADER)) {
			shown.add(new Shown(null, this.cookies.authenticate(cookie(handshake), csrfToken)));
		}
		if (shown.isEmpty()) {
			throw new RefusedException(Reason.UNAUTHORIZED);
		}
		String login = (passcode != null) ? headers.getLogin() : null;
		return all(shown).thenApply((caller) -> named(caller, login))
			.thenCompose((caller) -> proven(caller, shown, proof));
	}

	/** Once all are verified, whatever of it is bound to a key must come with a proof. */
	private CompletionStage<Caller> proven(Caller caller, List<Shown> shown, @Nullable Proof proof) {
		List<BoundCredential> bound = List.of();
		for (Shown each : shown) {
			String thumbprint = Refusals.join(each.verified()).keyThumbprint();
			if (thumbprint != null) {
				bound = (bound.isEmpty()) ? new ArrayList<>(1) : bound;
				bound.add(new BoundCredential(thumbprint, each.text()));
			}
		}
		return (bound.isEmpty()) ? CompletableFuture.completedFuture(caller) : this.proofs.check(proof, bound, caller);
	}

	/** Whether a frame after CONNECTED carries what its connection may go on by. */
	static boolean renews(ClientFrame frame) {
		return !frame.valuesIgnoringCase("Authorization").isEmpty() || !frame.valuesIgnoringCase(TICKET).isEmpty();
	}

	/**
	 * Verifies the tokens and tickets of such a frame, which must all name the same user;
	 * never blocks. What is bound to a key needs no new proof, only that it is the key
	 * which the connection has proven.
	 */
	CompletionStage<Caller> verifyRenewal(ClientFrame frame) {
		List<Shown> shown = new ArrayList<>(1);
		values(frame, "Authorization").forEach((authorization) -> shown.add(token(authorization)));
		values(frame, TICKET).forEach((ticket) -> shown.add(new Shown(ticket, this.tickets.redeem(ticket))));
		return all(shown);
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

	private static CompletionStage<Caller> all(List<Shown> shown) {
		CompletionStage<Caller> verified = shown.get(0).verified();
		for (Shown next : shown.subList(1, shown.size())) {
			verified = verified.thenCombine(next.verified(), (first, other) -> alike(first, other));
		}
		return verified;
	}

	/** One of another key could take the place of the one that is proven. */
	private static Caller alike(Caller caller, Caller other) {
		if (!Objects.equals(caller.keyThumbprint(), other.keyThumbprint())) {
			throw new RefusedException(Reason.UNAUTHORIZED, "The credentials are bound to different keys.");
		}
		return named(caller, other.name());
	}

	private static Caller named(Caller caller, @Nullable String name) {
		if (name != null && !name.equals(caller.name())) {
			throw new RefusedException(Reason.UNAUTHORIZED, "The credentials name different users.");
		}
		return caller;
	}

	/**
	 * Verifies the credential of a handshake as far as that can be done at once; a proof
	 * of its key comes with CONNECT.
	 * @throws RefusedException where it is bad
	 */
	void checkHandshake(@Nullable String authorization) {
		if (authorization != null) {
			CompletableFuture<Caller> verified = token(authorization).verified().toCompletableFuture();
			if (verified.isDone()) {
				Refusals.join(verified);
			}
		}
	}

	/**
	 * Begins to verify the token of an {@code Authorization} (RFC 6750, section 2.1; RFC
	 * 9449, section 7.1); the scheme is compared without case (RFC 9110, section 11.1).
	 */
	private Shown token(String authorization) {
		if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
			String token = authorization.substring(BEARER.length()).strip();
			return new Shown(token, this.verifier.verify(token));
		}
		if (authorization.regionMatches(true, 0, DPOP, 0, DPOP.length())) {
			String token = authorization.substring(DPOP.length()).strip();
			return new Shown(token, this.verifier.verifyBound(token));
		}
		throw new RefusedException(Reason.UNAUTHORIZED);
	}

	/**
	 * A credential that was shown.
	 *
	 * @param text what a proof must have the hash of, or null for a cookie
	 * @param verified who shows it, once that is known
	 */
	private record Shown(@Nullable String text, CompletionStage<Caller> verified) {

		/** Keeps the credential out of logs. */
		@Override
		public String toString() {
			return "Shown";
		}

	}

}
