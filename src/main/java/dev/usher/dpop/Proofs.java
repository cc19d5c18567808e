package dev.usher.dpop;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.protocol.ProofFault;
import dev.usher.protocol.ProofRefusedException;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.FatalErrors;
import dev.usher.token.TokenMinter;
import dev.usher.token.UsedIds;
import dev.usher.token.UsedIds.Use;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Verifies proofs of possession: of requests for tokens, of calls, and of CONNECT. A
 * proof is used up last, once its credential and all else of it is known to be good, so
 * that strangers leave nothing in the database. Any thread may call.
 */
@Component
public class Proofs {

	/** Where a proof stands, in HTTP and in CONNECT. */
	public static final String HEADER = "DPoP";

	/** Where HTTP has the nonce. */
	public static final String NONCE_HEADER = "DPoP-Nonce";

	/** What stands in {@code htm} of a CONNECT. */
	private static final String CONNECT = "CONNECT";

	private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

	private final ProofReader reader;

	private final Nonces nonces;

	private final UsedIds used;

	private final TokenMinter minter;

	private final Clock clock;

	Proofs(ProofReader reader, Nonces nonces, UsedIds used, TokenMinter minter, Clock clock) {
		this.reader = reader;
		this.nonces = nonces;
		this.used = used;
		this.minter = minter;
		this.clock = clock;
	}

	/** What proofs may be signed with. */
	public static List<String> algorithms() {
		return ProofReader.ALGORITHMS;
	}

	/**
	 * Reads the proof of a request for tokens, which are then bound to its key. Never
	 * blocks. Whoever gives them calls {@link #use} first.
	 * @return empty where there is none
	 * @throws ProofRefusedException where it is bad, or missing though
	 * {@code usher.token.dpop} is {@code required}
	 */
	public Optional<Proof> ofTokenRequest(HttpServletRequest request) {
		List<String> headers = Collections.list(request.getHeaders(HEADER));
		if (headers.isEmpty() && !this.minter.isBoundOnly()) {
			return Optional.empty();
		}
		try {
			return Optional.of(this.reader.read(headers, request.getMethod(), url(request)));
		}
		catch (BadProofException ex) {
			String sentence = (ex.fault() != ProofFault.MISSING) ? ex.fault().sentence()
					: "Tokens are bound to keys here. Send a proof of a key of yours in the header DPoP.";
			throw ProofRefusedException.ofTokenRequest(ex.fault(), sentence);
		}
	}

	/**
	 * Uses the proof of a request for tokens up. Blocks for the database; not to be
	 * called within a transaction.
	 * @throws ProofRefusedException where it was used before
	 */
	public void use(Proof proof) {
		if (!isFirstUse(proof)) {
			throw ProofRefusedException.ofTokenRequest(ProofFault.REUSED, ProofFault.REUSED.sentence());
		}
	}

	/**
	 * Checks the proof of a call. Blocks for the database.
	 * @param credential what its caller was verified by
	 * @throws ProofRefusedException where it is bad, missing, or was used before
	 */
	public void check(HttpServletRequest request, BoundCredential credential) {
		try {
			Proof proof = this.reader.read(Collections.list(request.getHeaders(HEADER)), request.getMethod(),
					url(request));
			proof.check(credential);
			if (!isFirstUse(proof)) {
				throw new BadProofException(ProofFault.REUSED);
			}
		}
		catch (BadProofException ex) {
			throw ProofRefusedException.ofCall(ex.fault());
		}
	}

	/**
	 * Reads the proof of a CONNECT. Never blocks.
	 * @param headers the values of its header {@code DPoP}
	 * @param url the URL the socket was opened at
	 * @throws ProofRefusedException where it is bad
	 */
	public Proof ofConnect(List<String> headers, String url) {
		try {
			return this.reader.read(headers, CONNECT, url);
		}
		catch (BadProofException ex) {
			throw connectRefusal(ex.fault());
		}
	}

	/**
	 * Checks that the credentials of a CONNECT are bound to the key of its proof, and
	 * uses the proof up. Never blocks: the database is asked on a thread of its own, for
	 * all who come within milliseconds.
	 * @param proof null where there is none
	 * @param verified what to answer
	 * @return that, or a {@link RefusedException}
	 */
	public <T> CompletionStage<T> check(@Nullable Proof proof, List<BoundCredential> credentials, T verified) {
		try {
			if (proof == null) {
				throw new BadProofException(ProofFault.MISSING);
			}
			for (BoundCredential credential : credentials) {
				proof.check(credential);
			}
			return this.used.useSoon(signer(proof), proof.id(), proof.issuedAt(), lastUse())
				.thenApply((first) -> answer(first, verified));
		}
		catch (BadProofException ex) {
			return CompletableFuture.failedFuture(connectRefusal(ex.fault()));
		}
	}

	private <T> T answer(Use use, T verified) {
		switch (use) {
			case FIRST -> {
				return verified;
			}
			case REPEATED -> throw connectRefusal(ProofFault.REUSED);
			case REFUSED -> throw new RefusedException(Reason.OVERLOADED, Reason.OVERLOADED.message(), RETRY_AFTER);
			default -> throw unavailable();
		}
	}

	private ProofRefusedException connectRefusal(ProofFault fault) {
		return ProofRefusedException.ofConnect(fault, this.nonces.current());
	}

	private boolean isFirstUse(Proof proof) {
		try {
			return this.used.use(signer(proof), proof.id(), lastUse());
		}
		catch (DataAccessException | TransactionException ex) {
			FatalErrors.endIfFatal(ex);
			throw unavailable();
		}
	}

	/** No client has a colon in its name. */
	private static String signer(Proof proof) {
		return "dpop:" + proof.thumbprint();
	}

	private Instant lastUse() {
		return this.clock.instant().plus(Nonces.LONGEST);
	}

	private static RefusedException unavailable() {
		return new RefusedException(Reason.STORAGE_UNAVAILABLE, Reason.STORAGE_UNAVAILABLE.message(), RETRY_AFTER);
	}

	/** As the client wrote it, where a trusted proxy says how. */
	private static String url(HttpServletRequest request) {
		return request.getRequestURL().toString();
	}

}
