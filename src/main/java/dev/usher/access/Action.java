package dev.usher.access;

import java.util.Locale;

/** What a caller wants to do with a destination. */
public enum Action {

	SUBSCRIBE, PUBLISH;

	/** The word in the configuration, in claims and in calls. */
	public String word() {
		return name().toLowerCase(Locale.ROOT);
	}

}
