package dev.usher.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import dev.usher.audit.AuditProperties.Format;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event as one line. What strangers chose stands in quotation marks with
 * everything escaped that could end the line, the quotation or the reader's trust in the
 * direction of text, so that nobody can write events of their own.
 */
final class AuditLine {

	/** More than any name of ours; the rest of a longer one says nothing more. */
	private static final int MAX_VALUE = 300;

	private static final int TYPICAL = 200;

	private final StringBuilder line = new StringBuilder(TYPICAL);

	private final Format format;

	private AuditLine(Format format) {
		this.format = format;
	}

	static String of(AuditEvent event, Instant time, Format format) {
		return of(event, 1, time, format);
	}

	/** A line for several that are alike. */
	static String of(AuditEvent event, long times, Instant time, Format format) {
		AuditLine line = new AuditLine(format);
		if (format == Format.JSON) {
			line.add("time", time.truncatedTo(ChronoUnit.MILLIS).toString());
			line.add("event", event.kind().word());
			line.add("outcome", event.outcome());
		}
		else {
			line.line.append(event.kind().word()).append(' ').append(event.outcome());
		}
		line.add("who", event.who());
		line.add("from", event.from());
		line.add("what", event.what());
		line.add("reason", event.word());
		line.add("session", event.session());
		line.add("times", (times > 1) ? Long.toString(times) : null);
		AuditEvent.Cause cause = event.cause();
		if (cause != null) {
			line.add("issuer", cause.issuer());
			line.add("kid", cause.keyId());
			line.add("incident", cause.incident());
		}
		return line.end();
	}

	/** Says how many lines are missing where it stands. */
	static String dropped(long count, Instant time, Format format) {
		if (format == Format.JSON) {
			return "{\"time\":\"" + time.truncatedTo(ChronoUnit.MILLIS) + "\",\"event\":\"dropped\",\"count\":" + count
					+ "}";
		}
		return "dropped " + count + " lines here: they came faster than they were written";
	}

	private void add(String name, @Nullable String value) {
		if (value == null) {
			return;
		}
		if (this.format == Format.JSON) {
			this.line.append(this.line.isEmpty() ? '{' : ',').append('"').append(name).append("\":");
		}
		else {
			this.line.append(' ').append(name).append('=');
		}
		quote(value);
	}

	private String end() {
		return ((this.format == Format.JSON) ? this.line.append('}') : this.line).toString();
	}

	/** A string of JSON (RFC 8259, section 7). */
	private void quote(String value) {
		this.line.append('"');
		for (int i = 0; i < Math.min(value.length(), MAX_VALUE); i++) {
			char c = value.charAt(i);
			if (c == '"' || c == '\\') {
				this.line.append('\\').append(c);
			}
			else if (isPlain(c)) {
				this.line.append(c);
			}
			else {
				this.line.append(String.format("\\u%04x", (int) c));
			}
		}
		this.line.append((value.length() > MAX_VALUE) ? "…\"" : "\"");
	}

	/** Letters, digits and marks that look like what they are. */
	private static boolean isPlain(char c) {
		return (c >= ' ' && c < 0x7f) || (c > 0xa0 && Character.isLetterOrDigit(c));
	}

}
