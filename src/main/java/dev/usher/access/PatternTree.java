package dev.usher.access;

import java.util.ArrayList;
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
 * written: patterns come from configuration and from verified tokens alone. Each pattern
 * answers with where it came from, so that the walk that decides is the one that
 * explains.
 */
final class PatternTree {

	private static final String ONE = "*";

	private static final String REST = "**";

	private static final String CALLER = "{user}";

	private static final int MAX_PATTERN = 1024;

	private final Node root = new Node();

	PatternTree(List<String> patterns) {
		patterns.forEach((pattern) -> add(Verdict.pattern("", pattern), pattern));
	}

	/** A tree that keeps where each pattern comes from. */
	PatternTree(String source, List<String> patterns) {
		patterns.forEach((pattern) -> add(source, pattern));
	}

	PatternTree() {
		this(List.of());
	}

	/** Adds a pattern; of two that are the same the first one answers. */
	void add(String source, String pattern) {
		add(Verdict.pattern(source, pattern), pattern);
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

	private void add(Verdict verdict, String pattern) {
		check(pattern);
		Node node = this.root;
		for (String segment : segments(pattern)) {
			if (segment.equals(REST)) {
				node.rest = (node.rest != null) ? node.rest : verdict;
				return;
			}
			node = switch (segment) {
				case ONE -> node.one = orNew(node.one);
				case CALLER -> node.caller = orNew(node.caller);
				default -> node.named.computeIfAbsent(segment, (key) -> new Node());
			};
		}
		node.end = (node.end != null) ? node.end : verdict;
	}

	private static Node orNew(@Nullable Node node) {
		return (node != null) ? node : new Node();
	}

	boolean matches(Destination destination, String caller) {
		return find(destination, caller) != null;
	}

	/** What the pattern says that matches, or null where none does. */
	@Nullable Verdict find(Destination destination, String caller) {
		return find(this.root, destination.address(), 1, caller);
	}

	private static @Nullable Verdict find(Node node, String address, int start, String caller) {
		if (start > address.length()) {
			return node.end;
		}
		if (node.rest != null) {
			return node.rest;
		}
		int slash = address.indexOf('/', start);
		int end = (slash < 0) ? address.length() : slash;
		Verdict found = (node.one != null) ? find(node.one, address, end + 1, caller) : null;
		if (found != null) {
			return found;
		}
		String segment = address.substring(start, end);
		if (node.caller != null && segment.equals(Destination.encode(caller))) {
			found = find(node.caller, address, end + 1, caller);
		}
		Node named = (found == null) ? node.named.get(segment) : null;
		return (named != null) ? find(named, address, end + 1, caller) : found;
	}

	/** What all its patterns say, in no order. */
	List<Verdict> all() {
		List<Verdict> all = new ArrayList<>();
		addAll(this.root, all);
		return all;
	}

	private static void addAll(@Nullable Node node, List<Verdict> all) {
		if (node == null) {
			return;
		}
		if (node.end != null) {
			all.add(node.end);
		}
		if (node.rest != null) {
			all.add(node.rest);
		}
		addAll(node.one, all);
		addAll(node.caller, all);
		node.named.values().forEach((named) -> addAll(named, all));
	}

	private static final class Node {

		private final Map<String, Node> named = new HashMap<>();

		private @Nullable Node one;

		private @Nullable Node caller;

		private @Nullable Verdict rest;

		private @Nullable Verdict end;

	}

}
