package dev.usher.start;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.testing.Answer;
import dev.usher.testing.JarNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The standard output of the packaged gateway is a pipe that nobody reads any more, while
 * it has line after line to write.
 */
class StalledOutputIT {

	/** Two lines each, more of them than may wait. */
	private static final int CONNECTIONS = 7_000;

	private static final Pattern DROPPED = Pattern.compile("dropped (\\d+) lines here");

	@TempDir
	private Path data;

	@Test
	void outputWhenNobodyReadsItThenTheNodeServesAndSaysAfterwardsWhatIsMissing() {
		try (JarNode node = JarNode.start(this.data, Store.EMBEDDED)) {
			node.process().stopReading();
			comeAndGo(node, CONNECTIONS);
			assertServes(node);
			node.process().readOn();
			Matcher dropped = DROPPED.matcher(node.process().awaitOutput("lines here"));
			assertThat(dropped.find()).isTrue();
			assertThat(Integer.parseInt(dropped.group(1))).isBetween(1, 2 * CONNECTIONS);
			assertServes(node);
		}
	}

	@Test
	void nodeWhenItIsToEndAndNobodyReadsItsOutputThenItEnds() {
		try (JarNode node = JarNode.start(this.data, Store.EMBEDDED)) {
			node.process().stopReading();
			comeAndGo(node, 1_000);
			node.process().end();
			assertThat(node.process().awaitExit()).isEqualTo(143);
		}
	}

	/** Each is two lines of the audit log, written by the selector. */
	private static void comeAndGo(JarNode node, int times) {
		String token = node.token("ann");
		for (int i = 0; i < times; i++) {
			StompClient.connect(node.port(), token).close();
		}
	}

	private static void assertServes(JarNode node) {
		try (StompClient ann = node.connect("ann")) {
			ann.subscribe("s", "/topic/news");
			Answer answer = node.publish(node.token("ben"), Map.of("to", "/topic/news", "body", "still here"));
			assertThat(answer.status()).isEqualTo(200);
			assertThat(ann.expect("MESSAGE").text()).isEqualTo("still here");
		}
	}

}
