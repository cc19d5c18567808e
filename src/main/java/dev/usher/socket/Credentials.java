package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import dev.usher.token.TokenVerifier;
import dev.usher.websocket.Handshake;
import org.jspecify.annotations.Nullable;

/**
 * Finds the credentials of a CONNECT and verifies them: the {@code Authorization} header
 * of the frame, its {@code passcode}, the {@code Authorization} of the handshake, in this
 * order. Each one that is there must be valid, and all must name the same user, so that
 * nobody is connected as someone they did not mean.
 */
final class Credentials {

	private static final String SCHEME = "Bearer ";

	private final TokenVerifier verifier;

	Credentials(TokenVerifier verifier) {
		this.verifier = verifier;
	}

	/**
	 * Verifies; never blocks.
	 * @return the caller, or a {@link RefusedException}
	 */
	CompletionStage<Caller> verify(Handshake handshake, ClientFrame frame) {
		List<String> tokens = new ArrayList<>(bearers(frame));
		String passcode = frame.header("passcode");
		if (passcode != null) {
			tokens.add(passcode);
		}
		if (handshake.authorization() != null) {
			tokens.add(bearer(handshake.authorization()));
		}
		if (tokens.isEmpty()) {
			throw new RefusedException(Reason.UNAUTHORIZED);
		}
		String login = (passcode != null) ? frame.header("login") : null;
		return verifyAll(tokens).thenApply((caller) -> named(caller, login));
	}

	/**
	 * The tokens in the {@code Authorization} header of a frame, whose name is compared
	 * without case, as clients carry it over from HTTP.
	 */
	static List<String> bearers(ClientFrame frame) {
		List<String> values = frame.valuesIgnoringCase("Authorization");
		return (values.isEmpty()) ? values : values.stream().map(Credentials::bearer).toList();
	}

	/** Verifies tokens, which must all name the same user; never blocks. */
	CompletionStage<Caller> verifyAll(List<String> tokens) {
		CompletionStage<Caller> verified = this.verifier.verify(tokens.get(0));
		for (String token : tokens.subList(1, tokens.size())) {
			CompletionStage<Caller> next = this.verifier.verify(token);
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
