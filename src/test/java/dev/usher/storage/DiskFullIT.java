package dev.usher.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.Answer;
import dev.usher.testing.JarNode;
import dev.usher.testing.JavaProcess;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The data folder takes nothing more, and later does again: what cannot be stored is
 * refused, live messages go on, and nothing accepted is lost. The system's limit of the
 * size of a file (RLIMIT_FSIZE) stands in for the full disk; it also holds for root, whom
 * permissions do not stop.
 */
class DiskFullIT {

	private static final String STORED = "/user/ann/queue/in";

	private static final String BODY = "x".repeat(20_000);

	private final List<String> accepted = new ArrayList<>();

	@Test
	void publishWhenNothingCanBeWrittenThenStoredIsRefusedAndNothingIsLost(@TempDir Path data) throws Exception {
		Assumptions.assumeTrue(canLimit(), "needs prlimit");
		try (JarNode node = JarNode.start(data, Store.EMBEDDED); StompClient ann = node.connect("ann")) {
			ann.subscribe("s", "/user/queue/in").subscribe("t", "/topic/news");
			for (int i = 0; i < 10; i++) {
				assertThat(publish(node, "before-" + i).status()).isEqualTo(200);
				assertThat(ann.expect("MESSAGE").text()).startsWith("before-");
			}
			limit(node, "0");
			assertRefused(node);
			assertLiveGoesOn(node, ann);
			limit(node, "unlimited");
			awaitStored(node, "after");
			assertThat(ann.expect("MESSAGE").text()).startsWith("after");
			assertAllIsThere(node);
			// Another thread reads what the node prints.
			assertThat(node.process().awaitOutput("Messages are stored again"))
				.contains("Messages cannot be stored (File too large)");
			node.kill();
			node.start();
			assertAllIsThere(node);
		}
	}

	@Test
	void publishWhenTheDiskFillsUpThenWhatWasAcceptedBeforeIsThere(@TempDir Path data) throws Exception {
		Assumptions.assumeTrue(canLimit(), "needs prlimit");
		try (JarNode node = JarNode.start(data, Store.EMBEDDED)) {
			limit(node, "4000000");
			int count = 0;
			Answer answer = publish(node, "filling-" + count);
			while (answer.status() == 200 && count < 1000) {
				answer = publish(node, "filling-" + ++count);
			}
			assertThat(answer.code()).isEqualTo("storage_unavailable");
			assertThat(count).isGreaterThan(5);
			limit(node, "unlimited");
			awaitStored(node, "after");
			assertAllIsThere(node);
		}
	}

	@Test
	void startWhenNothingCanBeWrittenThenSaysWhy(@TempDir Path data) throws Exception {
		Assumptions.assumeTrue(canLimit(), "needs prlimit");
		Process process = new ProcessBuilder("prlimit", "--fsize=0:",
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), JavaProcess.QUICK, "-jar",
				JavaProcess.jar(), "--server.port=0", "--usher.data=" + data)
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).isOne();
		assertThat(output)
			.contains("The database in the data folder " + data + " cannot be read or written: File too large.",
					"Make room on that disk")
			.doesNotContainPattern("(?m)^\\s+at ");
	}

	private static boolean canLimit() throws Exception {
		try {
			return new ProcessBuilder("prlimit", "--version").start().waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** Sets the soft limit, which may be raised again. */
	private static void limit(JarNode node, String bytes) throws Exception {
		int exit = new ProcessBuilder("prlimit", "--pid", Long.toString(node.process().pid()), "--fsize=" + bytes + ":")
			.inheritIO()
			.start()
			.waitFor();
		assertThat(exit).isZero();
	}

	private Answer publish(JarNode node, String name) {
		Answer answer = node.publish(node.token("ben"), Map.of("to", STORED, "body", name + BODY, "id", name));
		if (answer.status() == 200) {
			this.accepted.add(name);
		}
		return answer;
	}

	/** The same id each time, so that it is stored once, however often it is tried. */
	private void awaitStored(JarNode node, String name) {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
		Answer answer = publish(node, name);
		while (answer.status() == 503 && System.nanoTime() < deadline) {
			answer = publish(node, name);
		}
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
	}

	private void assertRefused(JarNode node) {
		Answer answer = publish(node, "refused");
		assertThat(answer.code()).isEqualTo("storage_unavailable");
		assertThat(answer.status()).isEqualTo(503);
		assertThat(answer.header("Retry-After")).isEqualTo("5");
		try (StompClient ben = node.connect("ben")) {
			ben.send(StompFrame.of("SEND", "destination:" + STORED, "receipt:r1").body("refused"));
			assertThat(ben.expectError("storage_unavailable", 4020).headers()).containsEntry("retry-after", "5")
				.containsEntry("receipt-id", "r1");
		}
	}

	private static void assertLiveGoesOn(JarNode node, StompClient ann) {
		try (StompClient ben = node.connect("ben")) {
			ben.publish("/topic/news", "live");
			assertThat(ann.expect("MESSAGE").text()).isEqualTo("live");
		}
		Answer answer = node.publish(node.token("ben"), Map.of("to", "/topic/news", "body", "live too"));
		assertThat(answer.json().at("/results/0/delivered").asInt()).isOne();
		assertThat(ann.expect("MESSAGE").text()).isEqualTo("live too");
	}

	/** In order, with nothing in between but what was refused and stored all the same. */
	private void assertAllIsThere(JarNode node) {
		List<String> read = new ArrayList<>();
		try (StompClient ann = node.connect("ann")) {
			StompFrame place = ann
				.receipt(StompFrame.of("SUBSCRIBE", "id:s", "destination:/user/queue/in", "offset:0"));
			assertThat(place.headers()).containsEntry("offset", "0").containsEntry("recovered", "true");
			String last = this.accepted.get(this.accepted.size() - 1);
			int offset = 0;
			while (!read.contains(last)) {
				StompFrame message = ann.expect("MESSAGE");
				assertThat(message.header("offset")).isEqualTo(Integer.toString(++offset));
				read.add(message.text().replace(BODY, ""));
			}
		}
		assertThat(read).containsSubsequence(this.accepted).doesNotHaveDuplicates();
	}

}
