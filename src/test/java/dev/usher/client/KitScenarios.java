package dev.usher.client;

import java.lang.reflect.Method;
import java.util.Arrays;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the client kit whose steps stand in a script, each in a function of the same
 * name.
 */
abstract class KitScenarios {

	private final String file;

	private String scenario = "";

	KitScenarios(String file) {
		this.file = file;
	}

	@BeforeEach
	void name(TestInfo test) {
		this.scenario = test.getTestMethod().map(Method::getName).orElseThrow();
	}

	final void run() {
		KitWorld.run(this.file, this.scenario);
	}

	@Test
	void scenariosWhenListedThenEachIsATest() {
		assertThat(Arrays.stream(getClass().getDeclaredMethods()).map(Method::getName))
			.containsAll(KitWorld.names(this.file));
	}

}
