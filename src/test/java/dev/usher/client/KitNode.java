package dev.usher.client;

import java.nio.file.Path;

import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The world of {@link KitWorld} in Node, a new one for each scenario, all in one process.
 */
final class KitNode implements AutoCloseable {

	private static final JsonMapper json = new JsonMapper();

	private static final Path FOLDER = Path.of("src/test/resources/dev/usher/client").toAbsolutePath();

	private final NodeProcess node = new NodeProcess(FOLDER, "scenarios.mjs");

	KitNode() {
		this.node.type(json.writeValueAsString(KitWorld.kit()));
	}

	/** Runs one scenario of a file, as {@link KitWorld#run} does. */
	void run(String file, String scenario) {
		this.node.type(file + " " + scenario);
		assertThat(json.readTree(this.node.line()).path("outcome").asString()).isEqualTo("held");
	}

	/** Not after a scenario that never ended. */
	boolean isAlive() {
		return this.node.isAlive();
	}

	@Override
	public void close() {
		this.node.close();
	}

}
