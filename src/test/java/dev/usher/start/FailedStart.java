package dev.usher.start;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.usher.UsherApplication;
import dev.usher.testing.SharedMetadata;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** A start of the gateway that has to fail, and how it has to be explained. */
final class FailedStart {

	private static final List<String> PORTS = List.of("--server.port=", "--management.server.port=");

	private final Path data;

	FailedStart(Path data) {
		this.data = data;
	}

	void fail(String... more) {
		assertThatException()
			.isThrownBy(() -> new SpringApplicationBuilder(UsherApplication.class).initializers(new SharedMetadata())
				.run(arguments(more))
				.close());
	}

	/** With ports and a data folder of its own, where none are given. */
	String[] arguments(String... more) {
		List<String> arguments = new ArrayList<>(List.of(more));
		PORTS.stream()
			.filter((port) -> arguments.stream().noneMatch((each) -> each.startsWith(port)))
			.toList()
			.forEach((port) -> arguments.add(port + "0"));
		if (arguments.stream().noneMatch((each) -> each.startsWith("--usher.data="))) {
			arguments.add("--usher.data=" + this.data);
		}
		return arguments.toArray(String[]::new);
	}

	/** A sentence, and nothing that only its authors can read. */
	static void assertExplained(CapturedOutput output, String sentence) {
		assertThat(output.getAll()).contains("APPLICATION FAILED TO START").contains(sentence);
		assertThat(output.getAll()).doesNotContain("\tat ").doesNotContain("Exception");
	}

}
