package dev.usher.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

import dev.usher.access.AccessProperties.Rule;
import dev.usher.protocol.Destination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * The rules of {@code usher.access}, each role's patterns merged once. Callers of one
 * role share one tree, so that a connection's permissions cost it next to no memory.
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
				(key) -> new Trees(patterns(key, Rule::allowsSubscribe), patterns(key, Rule::allowsPublish)));
	}

	private PatternTree patterns(String role, BiPredicate<Rule, String> allows) {
		return new PatternTree(
				this.rules.stream().filter((rule) -> allows.test(rule, role)).map(Rule::pattern).toList());
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
		addClaim(subscribe, subscribeTrees);
		addClaim(publish, publishTrees);
		return new Permissions(caller, subscribeTrees, publishTrees, this.namedMethods);
	}

	private void addIfPresent(String role, List<PatternTree> subscribe, List<PatternTree> publish) {
		Trees trees = this.byRole.get(role);
		if (trees != null) {
			subscribe.add(trees.subscribe());
			publish.add(trees.publish());
		}
	}

	private static void addClaim(List<String> patterns, List<PatternTree> trees) {
		List<String> valid = patterns.stream().filter(AccessRules::isPattern).toList();
		if (!valid.isEmpty()) {
			trees.add(new PatternTree(valid));
		}
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
