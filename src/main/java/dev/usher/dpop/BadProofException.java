package dev.usher.dpop;

import dev.usher.protocol.ProofFault;

/**
 * A proof cannot be trusted. Has no stack trace: strangers cause any number.
 */
class BadProofException extends Exception {

	private final ProofFault fault;

	BadProofException(ProofFault fault) {
		super(fault.word(), null, false, false);
		this.fault = fault;
	}

	/** What is wrong with it. */
	ProofFault fault() {
		return this.fault;
	}

}
