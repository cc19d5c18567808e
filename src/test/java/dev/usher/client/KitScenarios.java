package dev.usher.client;

import java.lang.reflect.Method;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the client kit whose steps stand in a script, each in a function of the same
 * name. Node runs them where it is, with their large numbers as they are: it compiles
 * what the engine of {@link KitWorld} interprets.
 */
abstract class KitScenarios {

	private static @Nullable KitNode node;

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
		if (NodeProcess.isThere()) {
			node().run(this.file, this.scenario);
		}
		else {
			KitWorld.run(this.file, this.scenario);
		}
	}

	private static KitNode node() {
		if (node == null || !node.isAlive()) {
			node = new KitNode();
		}
		return node;
	}

	@AfterAll
	static void end() {
		if (node != null) {
			node.close();
		}
	}

	@Test
	void scenariosWhenListedThenEachIsATest() {
		assertThat(Arrays.stream(getClass().getDeclaredMethods()).map(Method::getName))
			.containsAll(KitWorld.names(this.file));
	}

}
