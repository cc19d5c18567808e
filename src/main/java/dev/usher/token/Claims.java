package dev.usher.token;

import java.text.ParseException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.usher.protocol.TokenFault;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a token (RFC 7519), read strictly: a claim that is there and of the wrong
 * type makes the whole token bad, however its signature.
 */
final class Claims {

	/** The most entries of a list that are read. */
	static final int MAX_LIST = 100;

	/** The most roles or groups, of which some providers write hundreds. */
	static final int MAX_WORDS = 1000;

	/** The longest {@code jti} and {@code sid}, in characters. */
	private static final int MAX_ID = 255;

	/**
	 * The last second of the year 9999; beyond it {@link Instant} and databases differ.
	 */
	private static final long MAX_SECONDS = 253_402_300_799L;

	private final Map<String, Object> members;

	private Claims(Map<String, Object> members) {
		this.members = members;
	}

	static Claims parse(String json) throws BadTokenException {
		try {
			Map<String, Object> members = JSONObjectUtils.parse(json);
			if (members != null) {
				return new Claims(members);
			}
		}
		catch (ParseException ex) {
			// The same as JSON's null.
		}
		throw new BadTokenException(TokenFault.MALFORMED, "the claims are no JSON object");
	}

	String requiredString(String name) throws BadTokenException {
		String value = string(name);
		if (value == null) {
			throw new BadTokenException(TokenFault.CLAIM, name + " is missing");
		}
		return value;
	}

	@Nullable String string(String name) throws BadTokenException {
		Object value = this.members.get(name);
		if (value == null || value instanceof String) {
			return (String) value;
		}
		throw new BadTokenException(TokenFault.CLAIM, name + " is no string");
	}

	/** A string that names one thing: not empty, and not longer than we store. */
	@Nullable String id(String name) throws BadTokenException {
		String value = string(name);
		if (value != null && (value.isEmpty() || value.length() > MAX_ID)) {
			throw new BadTokenException(TokenFault.CLAIM, name + " is empty or too long");
		}
		return value;
	}

	String requiredId(String name) throws BadTokenException {
		requiredString(name);
		String value = id(name);
		return (value != null) ? value : "";
	}

	Instant requiredInstant(String name) throws BadTokenException {
		Instant value = instant(name);
		if (value == null) {
			throw new BadTokenException(TokenFault.CLAIM, name + " is missing");
		}
		return value;
	}

	/** A NumericDate: seconds, perhaps with a fraction (RFC 7519, section 2). */
	@Nullable Instant instant(String name) throws BadTokenException {
		Object value = this.members.get(name);
		if (value == null) {
			return null;
		}
		// Negated, so that NaN is refused too.
		if (!(value instanceof Number number) || !(number.doubleValue() >= 0 && number.doubleValue() <= MAX_SECONDS)) {
			throw new BadTokenException(TokenFault.CLAIM, name + " is no date");
		}
		if (value instanceof Long || value instanceof Integer) {
			return Instant.ofEpochSecond(number.longValue());
		}
		return Instant.ofEpochMilli((long) (number.doubleValue() * 1000));
	}

	/** Whether {@code aud}, one string or a list (RFC 7519, section 4.1.3), holds it. */
	boolean isMeantFor(String audience) {
		Object value = this.members.get("aud");
		return audience.equals(value) || (value instanceof List<?> list && list.contains(audience));
	}

	/** A list of strings, or null where there is no such claim. */
	@Nullable List<String> strings(String name) throws BadTokenException {
		Object value = this.members.get(name);
		return (value != null) ? strings(name, value, MAX_LIST) : null;
	}

	private static List<String> strings(String name, Object value, int max) throws BadTokenException {
		if (!(value instanceof List<?> list) || list.size() > max
				|| !list.stream().allMatch(String.class::isInstance)) {
			throw new BadTokenException(TokenFault.CLAIM, name + " is no list of at most " + max + " strings");
		}
		return list.stream().map(String.class::cast).toList();
	}

	/**
	 * The thumbprint of the key the token is bound to (RFC 9449, section 6.1), or null
	 * for a bearer token. A token that is bound in another way makes it bad: that cannot
	 * be checked here, and unchecked it would be a bearer token after all.
	 */
	@Nullable String boundKey() throws BadTokenException {
		Object confirmation = this.members.get("cnf");
		if (confirmation == null) {
			return null;
		}
		if (confirmation instanceof Map<?, ?> methods && methods.get("jkt") instanceof String thumbprint
				&& Secret.isWellFormed(thumbprint)) {
			return thumbprint;
		}
		throw new BadTokenException(TokenFault.CLAIM, "cnf has no jkt");
	}

	boolean has(String name) {
		return this.members.get(name) != null;
	}

	/** Some providers write it as a string. */
	boolean isTrue(ClaimPath path) throws BadTokenException {
		Object value = at(path);
		return Boolean.TRUE.equals(value) || "true".equals(value);
	}

	/** What a path leads to, or null where a name of it is missing. */
	@Nullable Object at(ClaimPath path) throws BadTokenException {
		Object value = this.members;
		for (String name : path.names()) {
			if (!(value instanceof Map<?, ?> object)) {
				throw new BadTokenException(TokenFault.CLAIM, path.text() + " leads through what is no object");
			}
			value = object.get(name);
			if (value == null) {
				return null;
			}
		}
		return value;
	}

	/**
	 * Words: a list of strings, or one string that blanks separate; null where there is
	 * no such claim.
	 */
	@Nullable List<String> words(ClaimPath path) throws BadTokenException {
		Object value = at(path);
		if (value instanceof String words) {
			return List.of(words.strip().split("\\s+", MAX_WORDS));
		}
		return (value != null) ? strings(path.text(), value, MAX_WORDS) : null;
	}

}
