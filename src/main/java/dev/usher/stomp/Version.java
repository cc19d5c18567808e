package dev.usher.stomp;

import org.jspecify.annotations.Nullable;

/**
 * A version of STOMP. They differ on the wire in what a header may escape: 1.0 nothing,
 * 1.1 {@code \n}, {@code \c} and {@code \\}, 1.2 also {@code \r}; and in the end of a
 * line, which may be CR LF in 1.2 only.
 */
public enum Version {

	V1_0("1.0"), V1_1("1.1"), V1_2("1.2");

	private static final Version[] HIGHEST_FIRST = { V1_2, V1_1, V1_0 };

	private final String text;

	Version(String text) {
		this.text = text;
	}

	/** The version as the wire has it, such as {@code 1.2}. */
	public String text() {
		return this.text;
	}

	/** Whether headers are escaped at all. */
	boolean escapes() {
		return this != V1_0;
	}

	/**
	 * The highest version that both sides speak (STOMP 1.2, section "Protocol
	 * Negotiation").
	 * @param acceptVersion the {@code accept-version} of CONNECT, versions in any order
	 * with commas between; null where the client sent none, which means 1.0
	 * @return null where there is no common version
	 */
	public static @Nullable Version negotiate(@Nullable String acceptVersion) {
		if (acceptVersion == null) {
			return V1_0;
		}
		for (Version version : HIGHEST_FIRST) {
			if (names(acceptVersion, version.text)) {
				return version;
			}
		}
		return null;
	}

	private static boolean names(String list, String version) {
		int start = 0;
		while (start <= list.length()) {
			int comma = list.indexOf(',', start);
			int end = (comma < 0) ? list.length() : comma;
			if (list.substring(start, end).trim().equals(version)) {
				return true;
			}
			start = end + 1;
		}
		return false;
	}

}
