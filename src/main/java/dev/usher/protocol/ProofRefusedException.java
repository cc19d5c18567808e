package dev.usher.protocol;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A proof of possession (RFC 9449) was refused, or is missing. The proof itself is not
 * here.
 */
public final class ProofRefusedException extends RefusedException {

	private static final int BAD_REQUEST = 400;

	private final ProofFault fault;

	private final @Nullable String nonce;

	private ProofRefusedException(Reason reason, String message, int httpStatus, ProofFault fault,
			@Nullable String nonce) {
		super(reason, message, httpStatus);
		this.fault = fault;
		this.nonce = nonce;
	}

	/** Refuses a request for tokens (RFC 9449, section 5): status 400. */
	public static ProofRefusedException ofTokenRequest(ProofFault fault, String message) {
		return new ProofRefusedException(reason(fault), message, BAD_REQUEST, fault, null);
	}

	/**
	 * Refuses a call: status 401. Where there is no proof at all, the credential is none.
	 */
	public static ProofRefusedException ofCall(ProofFault fault) {
		Reason reason = (fault == ProofFault.MISSING) ? Reason.UNAUTHORIZED : reason(fault);
		return new ProofRefusedException(reason, fault.sentence(), reason.httpStatus(), fault, null);
	}

	/**
	 * Refuses a CONNECT, which like any bad credential is not told what was wrong, but
	 * for the nonce it needs.
	 * @param nonce the one that is good now
	 */
	public static ProofRefusedException ofConnect(ProofFault fault, String nonce) {
		boolean stale = fault == ProofFault.NONCE;
		Reason reason = stale ? Reason.USE_NONCE : Reason.UNAUTHORIZED;
		return new ProofRefusedException(reason, reason.message(), reason.httpStatus(), fault, stale ? nonce : null);
	}

	private static Reason reason(ProofFault fault) {
		return (fault == ProofFault.NONCE) ? Reason.USE_DPOP_NONCE : Reason.INVALID_DPOP_PROOF;
	}

	/** What was bad of it. */
	@Override
	public String word() {
		return this.fault.word();
	}

	/** The nonce that the next try at a CONNECT needs. */
	public Optional<String> nonce() {
		return Optional.ofNullable(this.nonce);
	}

}
