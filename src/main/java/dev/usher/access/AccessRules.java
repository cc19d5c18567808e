package dev.usher.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import dev.usher.access.AccessProperties.Rule;
import dev.usher.access.Explanation.Considered;
import dev.usher.access.Explanation.Why;
import dev.usher.protocol.Destination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * The rules of {@code usher.access}, each role's patterns merged once. Callers of one
 * role share one tree, so that a connection's permissions cost it next to no memory. Says
 * of a decision which rules and claims it came of, too.
 */
@Component
public class AccessRules {

	private static final Logger logger = LoggerFactory.getLogger(AccessRules.class);

	private static final String ANY_CALLER = "*";

	private final List<Rule> rules;

	/** Methods of extensions that a rule names; all others are open to every caller. */
	private final PatternTree namedMethods;

	private final Map<String, Trees> byRole = new ConcurrentHashMap<>();

	public AccessRules(AccessProperties properties) {
		this.rules = properties.rules();
		this.namedMethods = new PatternTree(
				this.rules.stream().map(Rule::pattern).filter((p) -> p.startsWith(Destination.APPLICATION)).toList());
		addTrees(ANY_CALLER);
		for (Rule rule : this.rules) {
			rule.roles().forEach(this::addTrees);
		}
	}

	private void addTrees(String role) {
		this.byRole.computeIfAbsent(role,
				(key) -> new Trees(patterns(key, Action.SUBSCRIBE), patterns(key, Action.PUBLISH)));
	}

	private PatternTree patterns(String role, Action action) {
		PatternTree tree = new PatternTree();
		for (int i = 0; i < this.rules.size(); i++) {
			if (this.rules.get(i).allows(action, role)) {
				tree.add(source(i), this.rules.get(i).pattern());
			}
		}
		return tree;
	}

	private static String source(int index) {
		return "usher.access[" + index + "]";
	}

	/**
	 * What a caller may do.
	 * @param caller their name
	 * @param roles their roles
	 * @param subscribe the patterns of their token's {@code subscribe} claim; one that is
	 * no pattern grants nothing
	 * @param publish the patterns of their token's {@code publish} claim, likewise
	 */
	public Permissions permissions(String caller, Collection<String> roles, List<String> subscribe,
			List<String> publish) {
		List<PatternTree> subscribeTrees = new ArrayList<>(2);
		List<PatternTree> publishTrees = new ArrayList<>(2);
		addIfPresent(ANY_CALLER, subscribeTrees, publishTrees);
		for (String role : roles) {
			if (!role.equals(ANY_CALLER)) {
				addIfPresent(role, subscribeTrees, publishTrees);
			}
		}
		addClaim(Action.SUBSCRIBE, subscribe, subscribeTrees);
		addClaim(Action.PUBLISH, publish, publishTrees);
		return new Permissions(caller, subscribeTrees, publishTrees, this.namedMethods);
	}

	private void addIfPresent(String role, List<PatternTree> subscribe, List<PatternTree> publish) {
		Trees trees = this.byRole.get(role);
		if (trees != null) {
			subscribe.add(trees.subscribe());
			publish.add(trees.publish());
		}
	}

	private static void addClaim(Action action, List<String> patterns, List<PatternTree> trees) {
		List<String> valid = patterns.stream().filter(AccessRules::isPattern).toList();
		if (!valid.isEmpty()) {
			trees.add(new PatternTree(claim(action), valid));
		}
	}

	private static String claim(Action action) {
		return "claim:" + action.word();
	}

	/**
	 * Explains what {@link Permissions#decide} decides, with all that it looked at.
	 * @param permissions whose
	 * @param roles the roles they were made of
	 */
	public Explanation explain(Permissions permissions, Collection<String> roles, Action action,
			Destination destination) {
		Verdict verdict = permissions.decide(action, destination);
		List<Considered> considered = new ArrayList<>();
		permissions.trees(action)
			.stream()
			.flatMap((tree) -> tree.all().stream())
			.filter((each) -> claim(action).equals(each.source()))
			.sorted(Comparator.comparing(AccessRules::patternOf))
			.forEach((each) -> considered.add(new Considered(claim(action), patternOf(each), List.of(),
					why(verdict, patternOf(each), true, permissions, destination))));
		for (int i = 0; i < this.rules.size(); i++) {
			Rule rule = this.rules.get(i);
			boolean theirs = rule.allows(action, ANY_CALLER)
					|| roles.stream().anyMatch((role) -> !role.equals(ANY_CALLER) && rule.allows(action, role));
			considered.add(new Considered(source(i), rule.pattern(), rule.roles(action),
					why(verdict, rule.pattern(), theirs, permissions, destination)));
		}
		return new Explanation(verdict, shown(considered));
	}

	/** In their order, and without those that match for those that do not. */
	private static List<Considered> shown(List<Considered> considered) {
		return IntStream.range(0, considered.size())
			.boxed()
			.sorted(Comparator.comparing((i) -> considered.get(i).why() == Why.PATTERN))
			.limit(Explanation.MOST)
			.sorted()
			.map(considered::get)
			.toList();
	}

	private static String patternOf(Verdict verdict) {
		return String.valueOf(verdict.pattern());
	}

	private static Why why(Verdict verdict, String pattern, boolean theirs, Permissions permissions,
			Destination destination) {
		if (!new PatternTree(List.of(pattern)).matches(destination, permissions.caller())) {
			return Why.PATTERN;
		}
		return switch (verdict.ground()) {
			case OTHERS -> Why.OWNER;
			case RESERVED -> Why.RESERVED;
			default -> (theirs) ? Why.ALLOWS : Why.ROLE;
		};
	}

	/**
	 * Checks a pattern of destinations.
	 * @throws IllegalArgumentException saying what is wrong with it
	 */
	public static void checkPattern(String pattern) {
		PatternTree.check(pattern);
	}

	private static boolean isPattern(String pattern) {
		try {
			checkPattern(pattern);
			return true;
		}
		catch (IllegalArgumentException ex) {
			logger.debug("A token's pattern grants nothing: {}", ex.getMessage());
			return false;
		}
	}

	private record Trees(PatternTree subscribe, PatternTree publish) {

	}

}
