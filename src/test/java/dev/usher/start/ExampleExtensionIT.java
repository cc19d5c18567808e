package dev.usher.start;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntPredicate;

import dev.usher.testing.ExtensionJar;
import dev.usher.testing.JarNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The example of the documents, compiled and loaded into the packaged jar. */
class ExampleExtensionIT {

	@TempDir
	private static Path folder;

	private static JarNode node;

	@BeforeAll
	static void start() throws Exception {
		Path extensions = Files.createDirectory(folder.resolve("extensions"));
		new ExtensionJar().project(Path.of("src/docs/examples/extension")).write(extensions.resolve("tenant.jar"));
		node = JarNode.startWith(extensions, folder.resolve("data"));
	}

	@AfterAll
	static void stop() {
		if (node != null) {
			node.close();
		}
	}

	@Test
	void handlerWhenCalledThenAnswersItsCallerWithTheTenantThatTheInterceptorNoted() {
		try (StompClient ann = StompClient.connect(node.port(), node.token("ann"), "tenant:acme")) {
			ann.subscribe("0", "/user/topic/greetings");
			ann.send(StompFrame.of("SEND", "destination:/app/greet", "content-type:text/plain").body("Hello"));
			assertThat(ann.expect("MESSAGE").text()).startsWith("Hello, ann of acme. Sessions: ");
		}
	}

	@Test
	void listenerWhenSessionsComeAndGoThenCountsThem() {
		try (StompClient bob = StompClient.connect(node.port(), node.token("bob"))) {
			bob.subscribe("0", "/user/topic/greetings");
			int before;
			try (StompClient cid = StompClient.connect(node.port(), node.token("cid"))) {
				cid.subscribe("0", "/user/topic/greetings");
				before = awaitCount(bob, (count) -> count >= 2);
			}
			awaitCount(bob, (count) -> count < before);
		}
	}

	/** Events come on a thread of their own, a little after what they tell of. */
	private static int awaitCount(StompClient client, IntPredicate wanted) {
		for (int i = 0; i < 100_000; i++) {
			client.send(StompFrame.of("SEND", "destination:/app/greet", "content-type:text/plain").body("Hi"));
			String answer = client.expect("MESSAGE").text();
			int count = Integer.parseInt(answer.substring(answer.lastIndexOf(' ') + 1));
			if (wanted.test(count)) {
				return count;
			}
		}
		throw new AssertionError("never counted so");
	}

	@Test
	void publisherWhenTheGatewayIsUpThenIsHeardEverySecond() {
		try (StompClient dan = StompClient.connect(node.port(), node.token("dan"))) {
			dan.subscribe("0", "/topic/time");
			assertThat(dan.expect("MESSAGE").text()).matches("\\d{4}-.*Z");
			assertThat(dan.expect("MESSAGE").text()).matches("\\d{4}-.*Z");
		}
	}

}
