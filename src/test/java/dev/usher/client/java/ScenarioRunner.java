package dev.usher.client.java;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.usher.testing.Await;
import dev.usher.testing.TcpProxy;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs a scenario of {@code scenarios.json} with the Java client, through a network that
 * can be cut. {@code scenario-file.mjs} does the same with usher.js. The steps:
 * <ul>
 * <li>{@code subscribe} to a destination and wait until that is confirmed; the handler
 * throws when it gets the text of {@code throwsOnce} for the first time
 * <li>{@code publish} so many messages, whose texts are numbers that go on for each
 * destination, without waiting; {@code published} waits for all
 * <li>{@code cut} the network, {@code mend} it
 * <li>{@code expect} exactly these {@code messages}, in order, or {@code texts}; so many
 * {@code gaps} and {@code disconnected}, and at least so many {@code renewed}
 * <li>{@code refused}: to subscribe or publish there fails with this code
 * </ul>
 */
public final class ScenarioRunner implements AutoCloseable {

	private final TcpProxy network;

	private final String user;

	private final UsherClient client;

	private final Map<String, Heard> heard = new HashMap<>();

	private final Map<String, Integer> next = new HashMap<>();

	private final List<CompletableFuture<PublishResult>> published = new ArrayList<>();

	public ScenarioRunner(TcpProxy network, String service, String secret) {
		this.network = network;
		this.user = "client:" + service;
		this.client = UsherClient.at("http://localhost:" + network.port())
			.backoff(Duration.ofMillis(20), Duration.ofMillis(200))
			.service(service, secret);
	}

	public void run(JsonNode scenario) throws Exception {
		for (JsonNode step : scenario.path("steps")) {
			try {
				run(step.path("do").asString(), step);
			}
			catch (Exception | AssertionError ex) {
				throw new AssertionError(step + ": " + ex.getMessage(), ex);
			}
		}
	}

	private void run(String verb, JsonNode step) throws Exception {
		switch (verb) {
			case "subscribe" -> subscribe(step);
			case "publish" -> publish(step);
			case "published" -> {
				for (CompletableFuture<PublishResult> each : this.published) {
					assertThat(each.get(30, TimeUnit.SECONDS).error()).isNull();
				}
			}
			case "cut" -> this.network.cut();
			case "mend" -> this.network.mend();
			case "expect" -> expect(step, this.heard.get(step.path("as").asString()));
			case "refused" -> assertThat(refusal(step)).isEqualTo(step.path("code").asString());
			default -> throw new IllegalArgumentException(verb);
		}
	}

	private void subscribe(JsonNode step) throws Exception {
		Heard own = new Heard(step.path("throwsOnce").asString(""));
		this.heard.put(step.path("as").asString(), own);
		String durable = step.hasNonNull("durable") ? step.path("durable").asString() : null;
		this.client.consume(step.path("to").asString(), durable, own).ready().get(30, TimeUnit.SECONDS);
	}

	private void publish(JsonNode step) {
		String to = step.path("to").asString();
		int from = this.next.getOrDefault(to, 0);
		this.next.put(to, from + step.path("count").asInt());
		List<OutgoingMessage> messages = IntStream.range(from, this.next.get(to))
			.mapToObj((i) -> OutgoingMessage.text(to.replace("{user}", this.user), String.valueOf(i)))
			.toList();
		this.published.add(CompletableFuture.supplyAsync(() -> {
			try {
				List<PublishResult> results = this.client.publish(messages);
				return results.stream().filter((each) -> each.error() != null).findAny().orElse(results.get(0));
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}));
	}

	private void expect(JsonNode step, Heard own) {
		List<String> texts = step.valueStream().filter(JsonNode::isArray).findAny().map((array) -> {
			List<String> all = new ArrayList<>();
			array.forEach((each) -> all.add(each.asString()));
			return all;
		}).orElse(IntStream.range(0, step.path("messages").asInt(0)).mapToObj(String::valueOf).toList());
		if (!texts.isEmpty()) {
			Await.within(30, () -> own.texts.size() >= texts.size());
			assertThat(own.texts).isEqualTo(texts);
		}
		if (step.has("renewed")) {
			Await.within(30, () -> own.renewed.get() >= step.path("renewed").asInt());
		}
		expect(step.path("gaps"), own.gaps);
		expect(step.path("disconnected"), own.disconnected);
	}

	private static void expect(JsonNode wanted, AtomicInteger actual) {
		if (wanted.isNumber()) {
			Await.within(30, () -> actual.get() >= wanted.asInt());
			assertThat(actual).hasValue(wanted.asInt());
		}
	}

	private String refusal(JsonNode step) throws Exception {
		try {
			if (step.has("publish")) {
				this.client.publish(OutgoingMessage.text(step.path("publish").asString(), "x"));
			}
			else {
				this.client.consume(step.path("subscribe").asString(), null, (message) -> {
				}).ready().get(30, TimeUnit.SECONDS);
			}
			return "nothing";
		}
		catch (UsherException ex) {
			return ex.code();
		}
		catch (ExecutionException ex) {
			return ((UsherException) ex.getCause()).code();
		}
	}

	@Override
	public void close() {
		this.client.close();
	}

	private static final class Heard implements MessageHandler {

		private final List<String> texts = new CopyOnWriteArrayList<>();

		private final AtomicInteger gaps = new AtomicInteger();

		private final AtomicInteger disconnected = new AtomicInteger();

		private final AtomicInteger renewed = new AtomicInteger();

		private final AtomicBoolean thrown = new AtomicBoolean();

		private final String throwsOnce;

		private boolean stood;

		private Heard(String throwsOnce) {
			this.throwsOnce = throwsOnce;
		}

		@Override
		public void handle(ReceivedMessage message) {
			if (message.text().equals(this.throwsOnce) && this.thrown.compareAndSet(false, true)) {
				throw new IllegalStateException("as the scenario wants it");
			}
			this.texts.add(message.text());
		}

		@Override
		public void missed(Instant from, Instant to, @Nullable LogPosition last, @Nullable LogPosition next) {
			this.gaps.incrementAndGet();
		}

		@Override
		public void connected(String user, Duration expiresIn) {
			this.stood = true;
		}

		@Override
		public void disconnected(UsherException error, Duration wait) {
			if (this.stood) {
				this.disconnected.incrementAndGet();
			}
			this.stood = false;
		}

		@Override
		public void renewed(Duration expiresIn) {
			this.renewed.incrementAndGet();
		}

	}

}
