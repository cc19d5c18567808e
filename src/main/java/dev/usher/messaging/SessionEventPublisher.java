package dev.usher.messaging;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.usher.socket.SessionEventListener;
import dev.usher.thread.FailureLog;
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
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;
import org.springframework.web.socket.messaging.SessionConnectEvent;
import org.springframework.web.socket.messaging.SessionConnectedEvent;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;
import org.springframework.web.socket.messaging.SessionSubscribeEvent;
import org.springframework.web.socket.messaging.SessionUnsubscribeEvent;

/**
 * Publishes the events of sessions to whoever listens, on one thread, so that they come
 * in order. When listeners are so slow that {@value #MOST_WAITING} wait, further events
 * are lost, counted and logged: a thread that reads waits for nobody.
 */
final class SessionEventPublisher implements SessionEventListener, SmartLifecycle, MeterBinder {

	static final int MOST_WAITING = 50_000;

	private static final Logger log = LoggerFactory.getLogger(SessionEventPublisher.class);

	private static final Duration PATIENCE = Duration.ofDays(1);

	private static final int LAST_SECONDS = 5;

	private final AbstractApplicationContext context;

	private final FailureLog failures = new FailureLog(log, "A listener to the events of sessions failed");

	private final FailureLog losses = new FailureLog(log,
			"Events of sessions are lost: their listeners are slower than sessions come and go");

	private final AtomicLong lost = new AtomicLong();

	private final WorkerPool thread;

	private volatile Set<Class<? extends AbstractSubProtocolEvent>> heard = Set.of();

	private volatile boolean running;

	SessionEventPublisher(AbstractApplicationContext context) {
		this.context = context;
		this.thread = new WorkerPool("usher-session-events-", 1, new LinkedBlockingQueue<>(MOST_WAITING), PATIENCE);
	}

	@Override
	public boolean hears(Class<? extends AbstractSubProtocolEvent> type) {
		return this.heard.contains(type);
	}

	@Override
	public void on(AbstractSubProtocolEvent event) {
		execute(() -> publish(event));
	}

	@Override
	public void ended(SimpAttributes attributes) {
		execute(attributes::sessionCompleted);
	}

	private void execute(Runnable task) {
		try {
			this.thread.execute(this.failures.guard(task));
		}
		catch (RejectedExecutionException ex) {
			this.lost.incrementAndGet();
			this.losses.note(ex);
		}
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
