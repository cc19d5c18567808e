package dev.usher.access;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.Destination;
import org.jspecify.annotations.Nullable;

/**
 * Destination patterns merged into one tree of segments, so that asking costs one walk
 * along the destination and no scan of rules. {@code *} stands for one segment,
 * {@code **} for the rest (one segment or more) and {@code {user}} for the caller's own
 * name. A segment is compared as it stands, never as a pattern a client could have
 * written: patterns come from configuration and from verified tokens alone.
 */
final class PatternTree {

	private static final String ONE = "*";

	private static final String REST = "**";

	private static final String CALLER = "{user}";

	private static final int MAX_PATTERN = 1024;

	private final Node root = new Node();

	PatternTree(List<String> patterns) {
		for (String pattern : patterns) {
			add(pattern);
		}
	}

	/**
	 * Checks that a pattern can be matched: its length, its segments and its wildcards.
	 * @throws IllegalArgumentException saying what is wrong with it
	 */
	static void check(String pattern) {
		if (!pattern.startsWith("/") || pattern.length() > MAX_PATTERN) {
			throw new IllegalArgumentException("a pattern begins with '/' and has 1024 characters at most");
		}
		String[] segments = segments(pattern);
		for (int i = 0; i < segments.length; i++) {
			String segment = segments[i];
			if (segment.isEmpty()) {
				throw new IllegalArgumentException("a segment is empty in '" + pattern + "'");
			}
			if (segment.equals(REST) && i < segments.length - 1) {
				throw new IllegalArgumentException("'**' can only be the last segment in '" + pattern + "'");
			}
			boolean word = segment.equals(ONE) || segment.equals(REST) || segment.equals(CALLER);
			if (!word && (segment.contains(ONE) || segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0)) {
				throw new IllegalArgumentException(
						"'*', '**' and '{user}' stand for whole segments, which '" + segment + "' is not");
			}
		}
	}

	private static String[] segments(String pattern) {
		return pattern.substring(1).split("/", -1);
	}

	private void add(String pattern) {
		check(pattern);
		Node node = this.root;
		for (String segment : segments(pattern)) {
			if (segment.equals(REST)) {
				node.rest = true;
				return;
			}
			node = switch (segment) {
				case ONE -> node.one = orNew(node.one);
				case CALLER -> node.caller = orNew(node.caller);
				default -> node.named.computeIfAbsent(segment, (key) -> new Node());
			};
		}
		node.end = true;
	}

	private static Node orNew(@Nullable Node node) {
		return (node != null) ? node : new Node();
	}

	boolean matches(Destination destination, String caller) {
		return matches(this.root, destination.address(), 1, Destination.encode(caller));
	}

	private static boolean matches(Node node, String address, int start, String caller) {
		if (start > address.length()) {
			return node.end;
		}
		if (node.rest) {
			return true;
		}
		int slash = address.indexOf('/', start);
		int end = (slash < 0) ? address.length() : slash;
		String segment = address.substring(start, end);
		return (node.one != null && matches(node.one, address, end + 1, caller))
				|| (node.caller != null && segment.equals(caller) && matches(node.caller, address, end + 1, caller))
				|| namedMatches(node, segment, address, end + 1, caller);
	}

	private static boolean namedMatches(Node node, String segment, String address, int next, String caller) {
		Node named = node.named.get(segment);
		return named != null && matches(named, address, next, caller);
	}

	private static final class Node {

		private final Map<String, Node> named = new HashMap<>();

		private @Nullable Node one;

		private @Nullable Node caller;

		private boolean rest;

		private boolean end;

	}

}
