package dev.usher.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import dev.usher.access.AccessProperties.Rule;
import dev.usher.access.Explanation.Considered;
import dev.usher.access.Explanation.Why;
import dev.usher.access.Verdict.Ground;
import dev.usher.protocol.Destination;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is explained is what happens. */
class ExplanationTests {

	private static final int SETS_OF_RULES = 2_000;

	private static final int RULES = 5;

	private static final List<String> WORDS = List.of("a", "b", "ann", "*", "{user}");

	private static final List<String> ROLES = List.of("user", "admin", "*");

	private static Explanation explain(AccessRules rules, Set<String> roles, Action action, String destination) {
		return rules.explain(rules.permissions("ann", roles, List.of(), List.of()), roles, action,
				Destination.forPublish(destination));
	}

	@Test
	void ruleWhenItAllowsThenItIsNamedAndTheOthersSayWhyTheyDoNot() {
		AccessRules rules = new AccessRules(new AccessProperties(List.of(
				new Rule("/topic/b/**", List.of("user"), List.of()), new Rule("/topic/*", List.of("admin"), List.of()),
				new Rule("/topic/a", List.of("user"), List.of("admin")), new Rule("/topic/a", List.of("user"), null))));
		Explanation allowed = explain(rules, Set.of("user"), Action.SUBSCRIBE, "/topic/a");
		assertThat(allowed.verdict()).isEqualTo(Verdict.pattern("usher.access[2]", "/topic/a"));
		assertThat(allowed.considered()).extracting(Considered::why)
			.containsExactly(Why.PATTERN, Why.ROLE, Why.ALLOWS, Why.ALLOWS);
		assertThat(allowed.considered().get(1))
			.isEqualTo(new Considered("usher.access[1]", "/topic/*", List.of("admin"), Why.ROLE));
		Explanation denied = explain(rules, Set.of("user"), Action.PUBLISH, "/topic/a");
		assertThat(denied.verdict().ground()).isEqualTo(Ground.NOTHING);
		assertThat(denied.considered()).extracting(Considered::why)
			.containsExactly(Why.PATTERN, Why.ROLE, Why.ROLE, Why.ROLE);
	}

	@Test
	void claimWhenItAllowsThenItIsNamedAndNoOtherActionHasIt() {
		AccessRules rules = new AccessRules(new AccessProperties(List.of()));
		Permissions permissions = rules.permissions("ann", Set.of(), List.of("/topic/{user}", "no pattern"),
				List.of("/queue/**"));
		Destination own = Destination.forPublish("/topic/ann");
		Explanation explanation = rules.explain(permissions, Set.of(), Action.SUBSCRIBE, own);
		assertThat(explanation.verdict()).isEqualTo(Verdict.pattern("claim:subscribe", "/topic/{user}"));
		assertThat(explanation.considered())
			.containsExactly(new Considered("claim:subscribe", "/topic/{user}", List.of(), Why.ALLOWS));
		assertThat(rules.explain(permissions, Set.of(), Action.PUBLISH, own).considered())
			.containsExactly(new Considered("claim:publish", "/queue/**", List.of(), Why.PATTERN));
	}

	@Test
	void destinationWhenNoRuleCanOpenItThenTheRulesThatMatchSayWhy() {
		AccessRules rules = new AccessRules(new AccessProperties(List.of(new Rule("/**", List.of("*"), List.of("*")))));
		Explanation others = explain(rules, Set.of(), Action.SUBSCRIBE, "/user/ben/queue/a");
		assertThat(others.verdict()).isEqualTo(Verdict.OTHERS);
		assertThat(others.considered()).extracting(Considered::why).containsExactly(Why.OWNER);
		assertThat(explain(rules, Set.of(), Action.SUBSCRIBE, "/user/ann/queue/a").verdict()).isEqualTo(Verdict.OWN);
		for (Action action : Action.values()) {
			Explanation gateways = explain(rules, Set.of(), action, "/topic/usher.events");
			assertThat(gateways.verdict()).isEqualTo(Verdict.RESERVED);
			assertThat(gateways.considered()).extracting(Considered::why).containsExactly(Why.RESERVED);
		}
		assertThat(explain(rules, Set.of(), Action.PUBLISH, "/user/ann/topic/session").verdict())
			.isEqualTo(Verdict.RESERVED);
	}

	@Test
	void rulesWhenThereAreThousandsThenThoseShownAreBounded() {
		List<Rule> many = new ArrayList<>();
		for (int i = 0; i < 2 * Explanation.MOST; i++) {
			many.add(new Rule("/topic/" + i, List.of("user"), null));
		}
		AccessRules rules = new AccessRules(new AccessProperties(many));
		List<Considered> allowed = explain(rules, Set.of("user"), Action.SUBSCRIBE, "/topic/999").considered();
		assertThat(allowed).hasSize(Explanation.MOST);
		assertThat(allowed.get(0).source()).isEqualTo("usher.access[0]");
		assertThat(allowed.get(Explanation.MOST - 1))
			.isEqualTo(new Considered("usher.access[999]", "/topic/999", List.of("user"), Why.ALLOWS));
		assertThat(explain(rules, Set.of("guest"), Action.SUBSCRIBE, "/topic/999").considered())
			.contains(new Considered("usher.access[999]", "/topic/999", List.of("user"), Why.ROLE));
	}

	/** Ten thousand random rules, each held against one walk over all of them. */
	@Test
	void rulesWhenTheyAreRandomThenTheDecisionAndItsExplanationAgreeWithEachOther() {
		Random random = new Random(1);
		for (int i = 0; i < SETS_OF_RULES; i++) {
			List<Rule> some = Stream.generate(() -> rule(random)).limit(RULES).toList();
			AccessRules rules = new AccessRules(new AccessProperties(some));
			Set<String> roles = Set.of(pick(random, ROLES));
			Action action = pick(random, List.of(Action.values()));
			String destination = "/topic/" + pick(random, WORDS.subList(0, 3)) + "/"
					+ pick(random, WORDS.subList(0, 3));
			Explanation explanation = explain(rules, roles, action, destination);
			boolean expected = some.stream().anyMatch((rule) -> allows(rule, roles, action, destination));
			assertThat(explanation.verdict().allowed()).as("%s %s %s %s", some, roles, action, destination)
				.isEqualTo(expected);
			List<String> allowing = explanation.considered()
				.stream()
				.filter((each) -> each.why() == Why.ALLOWS)
				.map(Considered::source)
				.toList();
			assertThat(!allowing.isEmpty()).isEqualTo(expected);
			if (expected) {
				assertThat(allowing).contains(String.valueOf(explanation.verdict().source()));
			}
		}
	}

	private static Rule rule(Random random) {
		String last = random.nextInt(4) == 0 ? "**" : pick(random, WORDS);
		return new Rule("/topic/" + pick(random, WORDS) + "/" + last, List.of(pick(random, ROLES)),
				List.of(pick(random, ROLES)));
	}

	private static <T> T pick(Random random, List<T> from) {
		return from.get(random.nextInt(from.size()));
	}

	/**
	 * The rules of patterns written once more, for two segments, as plainly as can be.
	 */
	private static boolean allows(Rule rule, Set<String> roles, Action action, String destination) {
		String role = rule.roles(action).get(0);
		if (!role.equals("*") && !roles.contains(role)) {
			return false;
		}
		String[] wanted = rule.pattern().split("/");
		String[] actual = destination.split("/");
		for (int i = 2; i < actual.length; i++) {
			boolean any = wanted[i].equals("*") || wanted[i].equals("**");
			boolean self = wanted[i].equals("{user}") && actual[i].equals("ann");
			if (!any && !self && !wanted[i].equals(actual[i])) {
				return false;
			}
		}
		return true;
	}

}
