package dev.usher.publish;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.usher.access.Caller;
import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import dev.usher.audit.AuditEvent.Kind;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Writes down what was refused of a publishing call: one line for each reason, since one
 * call can have ten thousand destinations.
 */
@Component
class PublishAudit {

	private final Audit audit;

	PublishAudit(Audit audit) {
		this.audit = audit;
	}

	/**
	 * A call was answered.
	 * @param outcomes what became of each message, or null where the call failed
	 */
	void published(Caller caller, String address, @Nullable List<Batch.Outcome> outcomes) {
		if (outcomes == null) {
			return;
		}
		Map<String, Refused> byWord = new LinkedHashMap<>();
		for (Batch.Outcome outcome : outcomes) {
			RefusedException refusal = outcome.refusal();
			if (refusal != null) {
				byWord.merge(refusal.word(), new Refused(refusal, outcome.result().to(), 1), Refused::and);
			}
		}
		byWord.values().forEach((refused) -> refused(caller, address, refused.what(), refused.first()));
	}

	/** A call was refused as a whole, or messages of it were. */
	void refused(Caller caller, String address, String what, RefusedException refusal) {
		this.audit.record(AuditEvent.of(Kind.PUBLISH)
			.who(caller.name())
			.from(address)
			.what(what)
			.session(caller.sessionId())
			.because(refusal));
	}

	/** Messages that were refused for one reason. */
	private record Refused(RefusedException first, @Nullable String to, int count) {

		Refused and(Refused other) {
			return new Refused(this.first, this.to, this.count + other.count);
		}

		String what() {
			String destination = (this.to != null) ? this.to : "no destination";
			return (this.count == 1) ? destination : destination + " and " + (this.count - 1) + " more";
		}

	}

}
