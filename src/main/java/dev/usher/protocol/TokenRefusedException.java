package dev.usher.protocol;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A token was refused, with what an operator needs to know of it. None of that is shown
 * to who sent it, and the token itself is not here.
 */
public final class TokenRefusedException extends RefusedException {

	private final @Nullable TokenFault fault;

	private final @Nullable String issuer;

	private final @Nullable String keyId;

	/**
	 * @param reason what the other side is told
	 * @param fault what was bad of it, or null where the reason says it all
	 * @param issuer its {@code iss} as it claims, or null where it cannot be read
	 * @param keyId its {@code kid} as it claims, or null likewise
	 * @param retryAfter how long to wait, or null
	 */
	public TokenRefusedException(Reason reason, @Nullable TokenFault fault, @Nullable String issuer,
			@Nullable String keyId, @Nullable Duration retryAfter) {
		super(reason, reason.message(), retryAfter);
		this.fault = fault;
		this.issuer = issuer;
		this.keyId = keyId;
	}

	/** The word for why: what was bad of the token, else the code. */
	@Override
	public String word() {
		return (this.fault != null) ? this.fault.word() : super.word();
	}

	/** The {@code iss} it claims, which may be anything. */
	public @Nullable String issuer() {
		return this.issuer;
	}

	/** The {@code kid} it claims, which may be anything. */
	public @Nullable String keyId() {
		return this.keyId;
	}

}
