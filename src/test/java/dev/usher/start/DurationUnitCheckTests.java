package dev.usher.start;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Which durations need a unit, wherever they are in a record. */
class DurationUnitCheckTests {

	@ParameterizedTest
	@CsvSource({ "usher.sample.pause, 20", "usher.sample.pauses[1], 20", "usher.sample.named.one, 20",
			"usher.sample.rules[0].pause, 20", "usher.sample.pause, +20", "usher.sample.pause, -20" })
	void bindWhenADurationHasNoUnitThenNamesItAndTheRightForm(String property, String value) {
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> bind(Map.of("usher.sample.pauses[0]", "1s", property, value)))
			.havingRootCause()
			.withMessage(property + " is " + value + ", without a unit. Write 20s.");
	}

	@ParameterizedTest
	@ValueSource(ints = { 20, 300_000 })
	void bindWhenADurationIsANumberOfYamlThenNamesIt(int value) {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bind(Map.of("usher.sample.pause", value)))
			.havingRootCause()
			.withMessage("usher.sample.pause is " + value + ", without a unit. Write " + value + "s.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1s,20", "20, 1s" })
	void bindWhenOneOfSeveralDurationsHasNoUnitThenNamesThem(String value) {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bind(Map.of("usher.sample.pauses", value)))
			.havingRootCause()
			.withMessage("usher.sample.pauses is 20, without a unit. Write 20s.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "0s", "20s", "20ms", "PT20S", "7d" })
	void bindWhenADurationHasAUnitOrIsZeroThenTakesIt(String value) {
		assertThat(bind(Map.of("usher.sample.pause", value, "usher.sample.size", "20")).size()).isEqualTo(20);
	}

	@ParameterizedTest
	@ValueSource(strings = { "20" })
	void bindWhenThePropertyIsNotOursThenIsAsSpringBootHasIt(String value) {
		assertThat(bind(Map.of("other.sample.pause", value), "other.sample").pause()).hasMillis(20);
	}

	private static Sample bind(Map<String, Object> properties) {
		return bind(properties, "usher.sample");
	}

	private static Sample bind(Map<String, Object> properties, String name) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
		BindHandler handler = new DurationUnitCheck(environment).apply(BindHandler.DEFAULT);
		return Binder.get(environment).bind(name, Bindable.of(Sample.class), handler).get();
	}

	record Sample(Duration pause, int size, List<Duration> pauses, Map<String, Duration> named, List<Rule> rules) {

	}

	record Rule(Duration pause) {

	}

}
