package dev.usher.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.usher.testing.Await;
import dev.usher.testing.JavaProcess;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * The demo of two nodes, in a process as Maven starts it. Whatever it starts ends with
 * it, however it ends.
 */
class ClusterDemoIT {

	private static final Pattern ADDRESS = Pattern.compile("(?:127\\.0\\.0\\.1|http://localhost):(\\d+)");

	/** So that its nodes start quickly, two at a time. */
	@BeforeAll
	static void unpack() {
		assertThat(JavaProcess.quickJar()).contains("-jar");
	}

	@Test
	void walkWhenEveryStepHoldsThenEndsWithZeroAndLeavesNothing() throws Exception {
		List<Path> before = folders();
		try (JavaProcess demo = demo(Map.of())) {
			assertThat(demo.awaitExit()).as(demo.output()).isZero();
			assertThat(demo.output()).contains("All 9 steps held.", "reach:cluster", "code:revoked", "redelivered:true")
				.doesNotContainPattern("eyJ[A-Za-z0-9_-]{20}")
				.doesNotContain("FAILED");
			assertNobodyAnswers(demo.output(), 4);
		}
		assertThat(folders()).isEqualTo(before);
	}

	@Test
	void walkWhenAStepDoesNotHoldThenSaysWhichAndEndsWithOne() throws Exception {
		try (JavaProcess demo = demo(Map.of(), "--usher.token.lifetime=1s")) {
			assertThat(demo.awaitExit()).as(demo.output()).isEqualTo(1);
			assertThat(demo.output()).containsPattern("Step \\d FAILED\\. \\S").doesNotContain("steps held");
			assertNobodyAnswers(demo.output(), 4);
		}
	}

	@Test
	void demoWhenItIsEndedWhileNodesStartThenEndsAllItHasStarted() throws Exception {
		List<Path> before = folders();
		try (JavaProcess demo = demo(Map.of())) {
			demo.awaitOutput("are starting on them");
			Await.until(() -> demo.descendants().size() >= 3);
			List<ProcessHandle> started = demo.descendants();
			// By its handle: Process.destroy closes what it prints as well.
			ProcessHandle.of(demo.pid()).orElseThrow().destroy();
			assertThat(demo.awaitExit()).isNotZero();
			assertThat(demo.output()).contains("Stopped. Everything that was started has ended.")
				.doesNotContain("FAILED");
			assertThat(started).noneMatch(ProcessHandle::isAlive);
			assertNobodyAnswers(demo.output(), 2);
		}
		assertThat(folders()).isEqualTo(before);
	}

	@Test
	void demoWhenANodeDoesNotStartThenShowsWhatItSaidAndEndsWithOne() throws Exception {
		try (JavaProcess demo = demo(Map.of(), "--usher.nonsense=1")) {
			assertThat(demo.awaitExit()).as(demo.output()).isEqualTo(1);
			assertThat(demo.output()).contains("FAILED. Node 1 did not start.", "usher.nonsense");
			assertNobodyAnswers(demo.output(), 2);
		}
	}

	/** Both from the code and from the profile, which looks before it builds. */
	@Test
	void demoWhenThereIsNoRedisServerThenSaysWhatToInstallAndEndsWithOne() throws Exception {
		assertThat(Files.readString(Path.of("pom.xml"))).contains(ClusterDemo.NO_REDIS);
		try (JavaProcess demo = demo(Map.of("PATH", "/nowhere"))) {
			assertThat(demo.awaitExit()).isEqualTo(1);
			assertThat(demo.output().strip()).isEqualTo(ClusterDemo.NO_REDIS);
		}
	}

	private static JavaProcess demo(Map<String, String> environment, String... arguments) {
		List<String> command = new ArrayList<>(
				List.of(JavaProcess.QUICK, "-Dtest.fork=" + System.getProperty("test.fork", ""), "-cp",
						System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
						ClusterDemo.class.getName()));
		command.addAll(List.of(arguments));
		return JavaProcess.startIn(environment, command.toArray(String[]::new));
	}

	/** Nothing listens any more where the demo has said that something does. */
	private static void assertNobodyAnswers(String output, int count) {
		Matcher address = ADDRESS.matcher(output);
		List<Integer> ports = new ArrayList<>();
		while (address.find()) {
			ports.add(Integer.valueOf(address.group(1)));
		}
		assertThat(ports).hasSize(count)
			.allSatisfy((port) -> assertThatIOException()
				.isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close()));
	}

	private static List<Path> folders() throws IOException {
		try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
			return files.filter((file) -> file.getFileName().toString().startsWith("usher-cluster-demo"))
				.sorted()
				.toList();
		}
	}

}
