package dev.usher.messaging;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.usher.socket.SessionEventListener;
import dev.usher.thread.FailureLog;
import dev.usher.thread.HeapSize;
import dev.usher.thread.WorkerPool;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpAttributes;
import org.springframework.messaging.simp.SimpAttributesContextHolder;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;
import org.springframework.web.socket.messaging.SessionConnectEvent;
import org.springframework.web.socket.messaging.SessionConnectedEvent;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;
import org.springframework.web.socket.messaging.SessionSubscribeEvent;
import org.springframework.web.socket.messaging.SessionUnsubscribeEvent;

/**
 * Publishes the events of sessions to whoever listens, on one thread, so that they come
 * in order. When listeners are so slow that {@value #MOST_WAITING} wait, or their frames
 * hold too much memory, further events are lost, counted and logged: a thread that reads
 * waits for nobody.
 * <p>
 * The end of a session whose begin was taken is taken whatever waits, or whoever counts
 * sessions would be wrong for ever. So what waits is at most that many events and the
 * ends of the connections there are besides.
 */
final class SessionEventPublisher implements SessionEventListener, SmartLifecycle, MeterBinder {

	static final int MOST_WAITING = 50_000;

	private static final Logger log = LoggerFactory.getLogger(SessionEventPublisher.class);

	/**
	 * What an event takes beside the headers of its frame, and a header beside its text.
	 */
	private static final int OVERHEAD = 256;

	private static final Duration PATIENCE = Duration.ofDays(1);

	private static final int LAST_SECONDS = 5;

	private final AbstractApplicationContext context;

	private final FailureLog failures = new FailureLog(log, "A listener to the events of sessions failed");

	private final FailureLog losses = new FailureLog(log,
			"Events of sessions are lost: their listeners are slower than sessions come and go");

	private final AtomicLong lost = new AtomicLong();

	/** What may wait, in bytes: headers are as long as a client likes. */
	private final long mostBytes = HeapSize.valueOf("4%,32MB").bytes(1024 * 1024);

	private final AtomicLong bytes = new AtomicLong();

	private final AtomicInteger waiting = new AtomicInteger();

	/** Its queue holds what waits, whose number is bounded here. */
	private final WorkerPool thread;

	private volatile Set<Class<? extends AbstractSubProtocolEvent>> heard = Set.of();

	private volatile boolean running;

	SessionEventPublisher(AbstractApplicationContext context) {
		this.context = context;
		this.thread = new WorkerPool("usher-session-events-", 1, new LinkedBlockingQueue<>(), PATIENCE);
	}

	@Override
	public boolean hears(Class<? extends AbstractSubProtocolEvent> type) {
		return this.heard.contains(type);
	}

	@Override
	public boolean began(List<AbstractSubProtocolEvent> events) {
		if (events.isEmpty()) {
			return this.waiting.get() < MOST_WAITING;
		}
		int memory = events.stream().mapToInt((event) -> memory(event.getMessage())).sum();
		// One whose listener fails must not keep the other.
		return executeIfRoom(events.size(), memory,
				() -> events.forEach((event) -> this.failures.guard(() -> publish(event)).run()));
	}

	@Override
	public void on(AbstractSubProtocolEvent event) {
		executeIfRoom(1, memory(event.getMessage()), () -> publish(event));
	}

	@Override
	public void last(AbstractSubProtocolEvent event) {
		int memory = memory(event.getMessage());
		take(1, memory);
		execute(1, memory, () -> publish(event));
	}

	@Override
	public void lost() {
		lose(1, "Their session began when too many waited");
	}

	@Override
	public void ended(SimpAttributes attributes, boolean heardOf) {
		if (heardOf) {
			take(1, 0);
			execute(1, 0, attributes::sessionCompleted);
		}
		else {
			executeIfRoom(1, 0, attributes::sessionCompleted);
		}
	}

	/** Has a task wait where there is room for all of it; says whether there was. */
	private boolean executeIfRoom(int number, int memory, Runnable task) {
		if (!take(number, memory)) {
			give(number, memory);
			lose(number, "Too many wait, or they hold too much memory");
			return false;
		}
		return execute(number, memory, task);
	}

	/** Counts what is to wait; says whether there was room for it. */
	private boolean take(int number, int memory) {
		boolean fits = this.waiting.addAndGet(number) <= MOST_WAITING;
		return (this.bytes.addAndGet(memory) <= this.mostBytes || memory == 0) && fits;
	}

	private void give(int number, int memory) {
		this.waiting.addAndGet(-number);
		this.bytes.addAndGet(-memory);
	}

	/** What is counted waits; false where the node goes down. */
	private boolean execute(int number, int memory, Runnable task) {
		try {
			this.thread.execute(() -> {
				this.failures.guard(task).run();
				give(number, memory);
			});
			return true;
		}
		catch (RejectedExecutionException ex) {
			give(number, memory);
			lose(number, "The node goes down");
			return false;
		}
	}

	private void lose(int number, String why) {
		this.lost.addAndGet(number);
		this.losses.note(new RejectedExecutionException(why));
	}

	/** What a message takes, roughly; that of CONNECTED has its CONNECT with it. */
	private static int memory(Message<?> message) {
		int memory = OVERHEAD;
		if (message.getHeaders().get(NativeMessageHeaderAccessor.NATIVE_HEADERS) instanceof Map<?, ?> headers) {
			for (Map.Entry<?, ?> header : headers.entrySet()) {
				memory += OVERHEAD + String.valueOf(header.getKey()).length();
				for (Object value : (List<?>) header.getValue()) {
					memory += 2 * String.valueOf(value).length();
				}
			}
		}
		Object connect = message.getHeaders().get(SimpMessageHeaderAccessor.CONNECT_MESSAGE_HEADER);
		return (connect instanceof Message<?> inner) ? memory + memory(inner) : memory;
	}

	private void publish(AbstractSubProtocolEvent event) {
		SimpAttributesContextHolder.setAttributes(attributes(event.getMessage()));
		try {
			this.context.publishEvent(event);
		}
		finally {
			SimpAttributesContextHolder.resetAttributes();
		}
	}

	private static @Nullable SimpAttributes attributes(Message<?> message) {
		return (SimpMessageHeaderAccessor.getSessionAttributes(message.getHeaders()) != null)
				? SimpAttributes.fromMessage(message) : null;
	}

	/** Before the first connection, when all listeners are known. */
	@Override
	public void start() {
		Stream<Class<? extends AbstractSubProtocolEvent>> types = Stream.of(SessionConnectEvent.class,
				SessionConnectedEvent.class, SessionSubscribeEvent.class, SessionUnsubscribeEvent.class,
				SessionDisconnectEvent.class);
		this.heard = types.filter((type) -> Listeners.ofOthers(this.context, type)).collect(Collectors.toSet());
		this.running = true;
	}

	/** Behind the last connection, with what it had to tell. */
	@Override
	public void stop() {
		this.running = false;
		this.thread.shutdown();
		try {
			this.thread.awaitTermination(LAST_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		FunctionCounter.builder("usher.session.events.lost", this.lost, AtomicLong::doubleValue)
			.description("Events of sessions that were not published because listeners were too slow")
			.register(registry);
	}

}
