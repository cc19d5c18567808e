package dev.usher.audit;

import java.util.Locale;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TokenRefusedException;
import dev.usher.storage.StorageFailures;
import dev.usher.thread.Failures;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened and that somebody may have to explain later. Never holds a
 * secret: no token, no password, no ticket, no cookie, no URL.
 *
 * @param kind what happened
 * @param who the user it is about, or null where nobody was verified
 * @param from the client's address, or null where no client caused it
 * @param what the thing it was done to: an account, a destination, a close number
 * @param reason why it was refused or ended, or null where it succeeded
 * @param session the session it belongs to, or null
 * @param cause what is known of a refusal beside its reason, or null
 */
public record AuditEvent(Kind kind, @Nullable String who, @Nullable String from, @Nullable String what,
		@Nullable Reason reason, @Nullable String session, @Nullable Cause cause) {

	/** What can happen; the lower-case name is the word in the log and in metrics. */
	public enum Kind {

		/** A login, or a try; {@code what} is the account whose password was wrong. */
		LOGIN,

		/** A refresh token was spent, or shown in vain. */
		REFRESH,

		/** A session was ended; {@code what} is by whom. */
		LOGOUT,

		/** A password was changed by its owner, or the owner's was not known. */
		PASSWORD,

		/**
		 * A passkey was registered or removed by its owner, or removed by an
		 * administrator; {@code what} is which.
		 */
		PASSKEY,

		/** A user, a session or a token was revoked; {@code what} is which. */
		REVOCATION,

		/**
		 * An administrator made, changed or deleted an account or a client of OAuth;
		 * {@code what} is which.
		 */
		ACCOUNT,

		/** An administrator made or deleted a client; {@code what} is which. */
		CLIENT,

		/** An administrator had a node drained; {@code what} is which. */
		NODE,

		/** An operator ended a connection; {@code what} is which. */
		CONNECTION,

		/**
		 * An administrator read bodies of stored messages or sent dead letters back;
		 * {@code what} is of which destination.
		 */
		LOG,

		/** A ticket was given out. */
		TICKET,

		/**
		 * A service got an access token, or asked in vain; {@code what} is the client.
		 */
		TOKEN,

		/** A WebSocket became a session of STOMP, or was refused. */
		CONNECT,

		/** A request over HTTP was refused; {@code what} is its method and path. */
		REQUEST,

		/** Messages over HTTP were refused; {@code what} is the first destination. */
		PUBLISH,

		/**
		 * A frame that its sender may not send, or a SEND that failed; {@code what} is
		 * its command and destination.
		 */
		FRAME,

		/** A connection ended; {@code what} is the number of its close. */
		DISCONNECT;

		/** The word in the log. */
		public String word() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/** An event that succeeded; {@link #because(Reason)} makes it a refusal. */
	public static AuditEvent of(Kind kind) {
		return new AuditEvent(kind, null, null, null, null, null, null);
	}

	public AuditEvent who(@Nullable String name) {
		return new AuditEvent(this.kind, name, this.from, this.what, this.reason, this.session, this.cause);
	}

	public AuditEvent from(@Nullable String address) {
		return new AuditEvent(this.kind, this.who, address, this.what, this.reason, this.session, this.cause);
	}

	public AuditEvent what(@Nullable String thing) {
		return new AuditEvent(this.kind, this.who, this.from, thing, this.reason, this.session, this.cause);
	}

	/** Makes it a refusal, or of a DISCONNECT the cause. */
	public AuditEvent because(@Nullable Reason cause) {
		return new AuditEvent(this.kind, this.who, this.from, this.what, cause, this.session, null);
	}

	/** Makes it a refusal, with all that is known of it. */
	public AuditEvent because(RefusedException refusal) {
		return new AuditEvent(this.kind, this.who, this.from, this.what, refusal.reason(), this.session,
				Cause.of(refusal));
	}

	/**
	 * Makes it a refusal because of what failed, or leaves it a success where nothing
	 * did. A database that is away is {@link Reason#STORAGE_UNAVAILABLE}, as clients are
	 * told; whatever else was not refused is {@link Reason#INTERNAL_ERROR}.
	 */
	public AuditEvent becauseOf(@Nullable Throwable failure) {
		if (failure == null) {
			return this;
		}
		Throwable cause = Failures.unwrap(failure);
		if (cause instanceof RefusedException refusal) {
			return because(refusal);
		}
		return because(StorageFailures.contain(cause) ? Reason.STORAGE_UNAVAILABLE : Reason.INTERNAL_ERROR);
	}

	/** The same, of refusals that have no more than a word in common. */
	AuditEvent because(Reason reason, @Nullable String word) {
		Cause alike = (word != null && !word.equals(reason.code())) ? new Cause(word, null, null, null) : null;
		return new AuditEvent(this.kind, this.who, this.from, this.what, reason, this.session, alike);
	}

	public AuditEvent session(@Nullable String id) {
		return new AuditEvent(this.kind, this.who, this.from, this.what, this.reason, id, this.cause);
	}

	/** The word for why, one of few; null where it succeeded. */
	@Nullable String word() {
		if (this.cause != null) {
			return this.cause.word();
		}
		return (this.reason != null) ? this.reason.code() : null;
	}

	/** The word for how it went. */
	String outcome() {
		if (this.kind == Kind.DISCONNECT) {
			return "ended";
		}
		return (this.reason != null) ? "refused" : "success";
	}

	/**
	 * What is known of a refusal.
	 *
	 * @param word the code, or more exactly what was bad of a token
	 * @param issuer the issuer a token claims, or null
	 * @param keyId the key a token claims, or null
	 * @param incident what the other side was told to ask for, or null
	 */
	record Cause(String word, @Nullable String issuer, @Nullable String keyId, @Nullable String incident) {

		static Cause of(RefusedException refusal) {
			String incident = refusal.incident().orElse(null);
			return (refusal instanceof TokenRefusedException token)
					? new Cause(token.word(), token.issuer(), token.keyId(), incident)
					: new Cause(refusal.word(), null, null, incident);
		}

	}

}
