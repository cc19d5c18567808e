package dev.usher.messaging;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
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
		execute(memory(event.getMessage()), () -> publish(event));
	}

	@Override
	public void ended(SimpAttributes attributes) {
		execute(0, attributes::sessionCompleted);
	}

	private void execute(int memory, Runnable task) {
		try {
			if (this.bytes.addAndGet(memory) > this.mostBytes && memory > 0) {
				throw new RejectedExecutionException("Events that wait hold more than " + this.mostBytes + " bytes");
			}
			this.thread.execute(() -> {
				this.failures.guard(task).run();
				this.bytes.addAndGet(-memory);
			});
		}
		catch (RejectedExecutionException ex) {
			this.bytes.addAndGet(-memory);
			this.lost.incrementAndGet();
			this.losses.note(ex);
		}
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
