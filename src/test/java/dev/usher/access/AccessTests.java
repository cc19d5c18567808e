package dev.usher.access;

import java.util.List;
import java.util.Set;

import dev.usher.access.AccessProperties.Rule;
import dev.usher.edge.TokenInUrl;
import dev.usher.protocol.Destination;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Who may do what: nothing that no rule and no claim allows. */
class AccessTests {

	private static AccessRules rules(Rule... rules) {
		return new AccessRules(new AccessProperties(List.of(rules)));
	}

	private static Permissions of(AccessRules rules, String... roles) {
		return rules.permissions("ann", Set.of(roles), List.of(), List.of());
	}

	@ParameterizedTest
	@CsvSource({ "/topic/a,/topic/a,true", "/topic/a,/topic/b,false", "/topic/a,/topic/a/b,false",
			"/topic/*,/topic/a,true", "/topic/*,/topic/a/b,false", "/topic/*/c,/topic/b/c,true",
			"/topic/*/c,/topic/b/d,false", "/topic/**,/topic/a,true", "/topic/**,/topic/a/b/c,true",
			"/topic/**,/queue/a,false", "/**,/topic/a,true", "/**,/queue/a/b,true", "/*/a,/topic/a,true",
			"/topic/a/**,/topic/a,false", "/topic/a/**,/topic/a/b,true", "/topic/{user},/topic/ann,true",
			"/topic/{user},/topic/ben,false", "/topic/{user}/x,/topic/ann/x,true", "/topic/a.b,/topic/aXb,false",
			"/topic/../queue/a,/queue/a,false", "/topic/A,/topic/a,false" })
	void patternWhenAskedThenItMatchesSegmentBySegment(String pattern, String destination, boolean matches) {
		PatternTree tree = new PatternTree(List.of(pattern));
		assertThat(tree.matches(Destination.forPublish(destination), "ann")).isEqualTo(matches);
	}

	@Test
	void patternsWhenSeveralShareABeginningThenAnyOfThemMayMatch() {
		PatternTree tree = new PatternTree(List.of("/topic/a/x", "/topic/*/y", "/topic/{user}/z", "/topic/a"));
		for (String text : List.of("/topic/a/x", "/topic/a/y", "/topic/ann/y", "/topic/ann/z", "/topic/a")) {
			assertThat(tree.matches(Destination.forPublish(text), "ann")).as(text).isTrue();
		}
		for (String text : List.of("/topic/b/x", "/topic/a/z", "/topic/ann", "/topic/a/x/y")) {
			assertThat(tree.matches(Destination.forPublish(text), "ann")).as(text).isFalse();
		}
	}

	@Test
	void callerWhenTheirNameHoldsAPatternThenItIsANameAllTheSame() {
		PatternTree tree = new PatternTree(List.of("/user/{user}/topic/a"));
		assertThat(tree.matches(Destination.forPublish("/user/ben/topic/a"), "*")).isFalse();
		assertThat(tree.matches(Destination.forPublish("/user/*/topic/a"), "*")).isTrue();
		assertThat(tree.matches(Destination.forPublish("/user/a%2Fb/topic/a"), "a/b")).isTrue();
	}

	@Test
	void permissionWhenNoRuleIsThereThenItIsDenied() {
		Permissions none = of(rules(), "user", "admin", "*");
		assertThat(none.maySubscribe(Destination.forPublish("/topic/a"))).isFalse();
		assertThat(none.mayPublish(Destination.forPublish("/topic/a"))).isFalse();
		assertThat(none.mayPublish(Destination.forSubscribe("/user/topic/a", "ann"))).isFalse();
		assertThat(none.maySubscribe(Destination.forSubscribe("/user/topic/a", "ann"))).isTrue();
	}

	@Test
	void permissionWhenARuleNamesARoleThenOnlyThatRoleHasIt() {
		AccessRules rules = rules(new Rule("/topic/a", List.of("user"), List.of("admin")),
				new Rule("/topic/b", List.of("*"), null));
		Destination a = Destination.forPublish("/topic/a");
		Destination b = Destination.forPublish("/topic/b");
		assertThat(of(rules, "user").maySubscribe(a)).isTrue();
		assertThat(of(rules, "user").mayPublish(a)).isFalse();
		assertThat(of(rules, "admin").mayPublish(a)).isTrue();
		assertThat(of(rules, "admin").maySubscribe(a)).isFalse();
		assertThat(of(rules, "admin", "user").maySubscribe(a)).isTrue();
		assertThat(of(rules).maySubscribe(b)).isTrue();
		assertThat(of(rules).mayPublish(b)).isFalse();
		assertThat(of(rules, "*").maySubscribe(a)).isFalse();
	}

	@Test
	void permissionWhenTheTokenGrantsItThenItHoldsAndBadPatternsGrantNothing() {
		Permissions permissions = rules().permissions("ann", Set.of(), List.of("/topic/a", "**", "/topic/x*", ""),
				List.of("/user/*/topic/**"));
		assertThat(permissions.maySubscribe(Destination.forPublish("/topic/a"))).isTrue();
		assertThat(permissions.maySubscribe(Destination.forPublish("/topic/xy"))).isFalse();
		assertThat(permissions.mayPublish(Destination.forPublish("/topic/a"))).isFalse();
		assertThat(permissions.mayPublish(Destination.forPublish("/user/ben/topic/a"))).isTrue();
	}

	@Test
	void subscribeWhenItIsAnotherUsersThenNoRuleAllowsIt() {
		Permissions all = rules(new Rule("/**", List.of("*"), List.of("*"))).permissions("ann", Set.of(),
				List.of("/**"), List.of());
		assertThat(all.maySubscribe(Destination.forPublish("/user/ben/topic/a"))).isFalse();
		assertThat(all.maySubscribe(Destination.forPublish("/user/ann/topic/a"))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "topic/a", "/", "/topic//a", "/topic/a/", "/topic/**/b", "/topic/a*", "/topic/{name}",
			"/topic/{user}x", "/topic/***", "/topic/}" })
	void ruleWhenItsPatternIsBadThenThePropertyIsNamedInFull(String pattern) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new AccessProperties(
					List.of(new Rule("/topic/a", null, null), new Rule(pattern, List.of("*"), null))))
			.withMessageStartingWith("usher.access[1].destination");
	}

	@Test
	void ruleWhenItHasNoDestinationThenThatIsSaid() {
		assertThatIllegalArgumentException().isThrownBy(() -> new AccessProperties(List.of(new Rule(null, null, null))))
			.withMessage("usher.access[0].destination is missing");
	}

	@Test
	void ruleWhenItsPatternIsEndlessThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> PatternTree.check("/" + "x".repeat(1024)))
			.withMessageContaining("1024");
	}

	@ParameterizedTest
	@ValueSource(strings = { "access_token=x", "a=b&token=x", "ACCESS_TOKEN=", "access%5ftoken=x", "jwt", "a;bearer=x",
			"q=eyJhbGciOiJub25lIn0.e30.", "q=Bearer+eyJhbGciOiJub25lIn0.e30.x", "eyJhbGciOiJub25lIn0.e30.x" })
	void queryWhenItHoldsATokenThenItIsFound(String query) {
		assertThat(TokenInUrl.isIn(query)).isTrue();
	}

	@Test
	void pathWhenItHoldsATokenBehindASemicolonThenItIsFound() {
		for (String path : List.of("/ws;token=x", "/a;b=c/ws;jwt", "/ws;eyJhbGciOiJub25lIn0.e30.x/")) {
			assertThat(TokenInUrl.isInPath(path)).as(path).isTrue();
		}
		for (String path : List.of("/oauth2/token", "/ws", "/ws;a=b", ";")) {
			assertThat(TokenInUrl.isInPath(path)).as(path).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a=b", "ticket=abc", "tokens=1", "q=eyJ", "%zz=%" })
	void queryWhenItHoldsNoneThenItIsLetThrough(String query) {
		assertThat(TokenInUrl.isIn(query)).isFalse();
		assertThat(TokenInUrl.isIn(null)).isFalse();
	}

}
