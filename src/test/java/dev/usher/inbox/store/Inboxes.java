package dev.usher.inbox.store;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.ExecutionException;

import dev.usher.node.NodeLease;
import dev.usher.node.TestNodes;
import dev.usher.inbox.Draft;
import dev.usher.inbox.Inbox;
import dev.usher.inbox.InboxProperties;
import dev.usher.inbox.ReaderRequest;
import dev.usher.protocol.Destination;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * Inboxes, drafts and requests that are valid unless a test spoils them.
 */
public final class Inboxes {

	private Inboxes() {
	}

	/** Opens an inbox as the gateway does when it starts. */
	public static Inbox open(TestDatabase database, Clock clock) {
		return start(database, clock);
	}

	/**
	 * Opens an inbox; settings are name and value in turn, without {@code usher.inbox.}.
	 */
	static DatabaseInbox start(TestDatabase database, Clock clock, String... settings) {
		InboxProperties properties = properties(settings);
		NodeLease node = TestNodes.start(database.template(), properties.node(), properties.lease(), clock,
				new ClaimRelease(database.template()));
		DatabaseInbox inbox = new TestInbox(database, properties, clock, node);
		inbox.afterPropertiesSet();
		return inbox;
	}

	/** A node of the tests on a database. */
	static NodeLease node(TestDatabase database, Clock clock) {
		return TestNodes.start(database.template(), null, properties().lease(), clock,
				new ClaimRelease(database.template()));
	}

	/** The node of an inbox. */
	static NodeLease node(DatabaseInbox inbox) {
		return ((TestInbox) inbox).node;
	}

	/** Closes an inbox as the gateway does when it stops. */
	public static void close(Inbox inbox) {
		((DatabaseInbox) inbox).destroy();
	}

	/** As {@code kill -9} of its node would, but for threads, which go on for nothing. */
	static void crash(DatabaseInbox inbox, TestDatabase database) {
		TestNodes.crash(node(inbox));
		TestNodes.expire(database.template(), node(inbox).id());
	}

	static InboxProperties properties(String... settings) {
		Map<String, String> values = new HashMap<>();
		for (int i = 0; i < settings.length; i += 2) {
			values.put("usher.inbox." + settings[i], settings[i + 1]);
		}
		return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("usher.inbox",
				InboxProperties.class);
	}

	/** A stored destination of a user's own that no other test uses. */
	public static Destination own() {
		return Destination.forPublish("/user/alice/queue/" + UUID.randomUUID());
	}

	/** A shared queue that no other test uses. */
	public static Destination shared() {
		return Destination.forPublish("/queue/" + UUID.randomUUID());
	}

	public static Draft draft(Destination to, String body) {
		return draft(to, body, null);
	}

	static Draft draft(Destination to, String body, @Nullable String id) {
		return new Draft(to, "text/plain", Map.of("n", "1"), body.getBytes(StandardCharsets.UTF_8), id, null,
				System.currentTimeMillis());
	}

	/** A reader of this connection that starts now. */
	static ReaderRequest now(Destination destination) {
		return new ReaderRequest(destination, null, null, null, 0);
	}

	/** A reader of this connection that starts after an offset. */
	static ReaderRequest after(Destination destination, long offset, @Nullable String epoch) {
		return new ReaderRequest(destination, null, offset, epoch, 0);
	}

	static ReaderRequest durable(Destination destination, String name, @Nullable Long offset) {
		return new ReaderRequest(destination, name, offset, null, 0);
	}

	/** Waits for an answer; a refusal is thrown as it is. */
	public static <T> T await(CompletionStage<T> stage) {
		try {
			return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RefusedException refused) {
				throw refused;
			}
			throw new CompletionException(ex.getCause());
		}
		catch (InterruptedException | TimeoutException ex) {
			throw new AssertionError("Nothing was answered", ex);
		}
	}

	/** One that takes its node with it. */
	private static final class TestInbox extends DatabaseInbox {

		private final NodeLease node;

		TestInbox(TestDatabase database, InboxProperties properties, Clock clock, NodeLease node) {
			super(database.template(), properties, clock, node);
			this.node = node;
		}

		@Override
		public void destroy() {
			super.destroy();
			this.node.destroy();
		}

	}

}
