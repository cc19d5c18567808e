package dev.usher.start;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Which properties a record is said to bind. */
class KnownPropertiesTests {

	private final KnownProperties known = KnownProperties.of("usher", Sample.class);

	@ParameterizedTest
	@ValueSource(strings = { "usher.max-size", "usher.maxsize", "usher.inner.pause", "usher.words", "usher.words[3]",
			"usher.rules[0].name", "usher.rules[12].allowed[0]", "usher.rules[0].allowed", "usher.extra.any.thing",
			"usher.extra[a]" })
	void containsWhatBinds(String property) {
		assertThat(this.known.contains(property)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "usher", "usher.max", "usher.max-size.x", "usher.inner", "usher.inner.pauses",
			"usher.rules", "usher.rules[0]", "usher.rules[0].nam", "usher.rules[x].name", "usher.words[0].x", "usherx",
			"other.max-size" })
	void containsNothingElse(String property) {
		assertThat(this.known.contains(property)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "usher.maxsize", "usher.max.size", "usher.inner.pause", "usher.words", "usher.words[3]",
			"usher.rules[0].name", "usher.extra.any.thing" })
	void containsVariableWhenDashesAreUnderscoresToo(String property) {
		assertThat(this.known.containsVariable(property)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "usher", "usher.max", "usher.max.sizes", "usher.inner.paus", "usher.rules[x].name",
			"other.max.size" })
	void containsVariableWhenNothingBindsItThenNot(String property) {
		assertThat(this.known.containsVariable(property)).isFalse();
	}

	@Test
	void ofWhenNoRecordThenFails() {
		assertThatIllegalStateException().isThrownBy(() -> KnownProperties.of("usher", String.class));
	}

	record Sample(int maxSize, Inner inner, List<String> words, List<Rule> rules, Map<String, String> extra) {

	}

	record Inner(Duration pause) {

	}

	record Rule(String name, List<String> allowed) {

	}

}
