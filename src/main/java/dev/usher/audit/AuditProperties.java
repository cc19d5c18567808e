package dev.usher.audit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the audit log is written.
 *
 * @param format {@code usher.audit.format}: {@code text}, the default, for people;
 * {@code json} for programs, one object on each line of the standard output and nothing
 * beside it
 */
@ConfigurationProperties("usher.audit")
public record AuditProperties(@DefaultValue("text") Format format) {

	/** What a line looks like. */
	public enum Format {

		TEXT, JSON

	}

}
