package dev.usher.attack;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import dev.usher.testing.Answer;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Those who use the gateway as it is meant while others attack it: somebody writes to
 * somebody who reads at once, live and stored; somebody reads slowly and is always
 * behind; somebody logs in, and a load balancer asks how the node is. They remember the
 * longest that any of it took and the first thing that went wrong.
 */
final class Bystanders implements AutoCloseable {

	/** The first part of their names, by which the log can be searched. */
	static final String NAME = "bystander-";

	/** How long a message of theirs may take. */
	static final Duration BOUND = Duration.ofSeconds(5);

	/** How long an answer may take where the machine has others to serve as well. */
	static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final AtomicInteger names = new AtomicInteger();

	/** How far the slow one is behind, in messages of {@link #SLOW_BODY}. */
	private static final int BEHIND = 60;

	private static final String SLOW_BODY = "x".repeat(8 * 1024);

	private final Target target;

	private final String name = NAME + names.getAndIncrement();

	private final StompClient writer;

	private final StompClient reader;

	private final StompClient slow;

	private final Map<String, Long> sentAt = new ConcurrentHashMap<>();

	private final AtomicInteger received = new AtomicInteger();

	private final AtomicInteger followed = new AtomicInteger();

	private final AtomicInteger read = new AtomicInteger();

	private final AtomicInteger asked = new AtomicInteger();

	private final AtomicLong longest = new AtomicLong();

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(3);

	private final Thread reading = new Thread(this::readOn, "bystander");

	private int written;

	private int writtenToSlow;

	private volatile boolean over;

	/**
	 * Connects a writer and a reader and subscribes the reader.
	 * @param follows a live destination that the reader listens to as well
	 */
	Bystanders(Target target, String follows) {
		this.target = target;
		this.writer = target.connect(this.name + "-writer");
		this.reader = target.connect(this.name + "-reader");
		this.reader.subscribe("news", "/user/topic/news");
		this.reader.subscribe("mail", "/user/queue/mail");
		this.reader.subscribe("follows", follows);
		this.slow = new StompClient(RawWebSocket.open(target.port(), "/ws", Map.of(), 32 * 1024));
		this.slow.sendConnect(Target.token(this.name + "-slow")).expect("CONNECTED");
		this.slow.subscribe("slow", "/user/topic/slow");
		this.reading.setDaemon(true);
		this.reading.setUncaughtExceptionHandler((thread, noted) -> {
		});
		this.reading.start();
		every(50, this::write);
		every(25, this::dawdle);
		every(500, this::ask);
	}

	private void every(int millis, Runnable task) {
		this.clock.scheduleWithFixedDelay(() -> noting(task), 0, millis, TimeUnit.MILLISECONDS);
	}

	/** An exception ends what it comes from; the first is kept. */
	private void noting(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | AssertionError ex) {
			if (!this.over) {
				this.failure.compareAndSet(null, ex);
			}
			throw ex;
		}
	}

	private void write() {
		int number = this.written++;
		send("news", "/user/" + this.name + "-reader/topic/news", number);
		if (number % 4 == 0) {
			send("mail", "/user/" + this.name + "-reader/queue/mail", number);
		}
		while (this.writtenToSlow - this.read.get() < BEHIND) {
			this.writer.publish("/user/" + this.name + "-slow/topic/slow", SLOW_BODY);
			this.writtenToSlow++;
		}
	}

	private void send(String kind, String to, int number) {
		this.sentAt.put(kind + number, System.nanoTime());
		this.writer.publish(to, kind + number);
	}

	private void readOn() {
		noting(() -> {
			while (!this.over) {
				StompFrame message = this.reader.expect("MESSAGE");
				if (message.header("subscription").equals("follows")) {
					this.followed.incrementAndGet();
				}
				else {
					Long sent = this.sentAt.remove(message.text());
					assertThat(sent).as("when %s was sent, which comes once", message.text()).isNotNull();
					took(sent);
					this.received.incrementAndGet();
				}
			}
		});
	}

	private void took(long since) {
		this.longest.accumulateAndGet(System.nanoTime() - since, Math::max);
	}

	private void dawdle() {
		assertThat(this.slow.expect("MESSAGE").body()).hasSize(SLOW_BODY.length());
		this.read.incrementAndGet();
	}

	private void ask() {
		Answer health = this.target.send(this.target.request("/actuator/health").timeout(PATIENCE).GET());
		assertThat(health.status()).as("health").isEqualTo(200);
		this.target.login("admin", Target.PASSWORD);
		this.asked.incrementAndGet();
	}

	/** Waits until the reader has had so many messages of what they follow. */
	void awaitFollowed(int messages) {
		long start = System.nanoTime();
		await(() -> this.followed.get() >= messages);
		assertThat(this.followed).as("messages followed").hasValue(messages);
		took(start);
	}

	private void await(java.util.function.BooleanSupplier condition) {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (!condition.getAsBoolean() && this.failure.get() == null && System.nanoTime() < deadline) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
		}
	}

	/** Each of them has been served since, and nothing took too long. */
	void areServed() {
		int before = this.received.get();
		int readBefore = this.read.get();
		int askedBefore = this.asked.get();
		await(() -> this.received.get() > before + 20 && this.read.get() > readBefore + 20
				&& this.asked.get() > askedBefore + 1);
		assertThat(this.failure.get()).as("what went wrong for those who did nothing wrong").isNull();
		assertThat(this.received.get()).as("messages read").isGreaterThan(before + 20);
		assertThat(this.read.get()).as("messages read slowly").isGreaterThan(readBefore + 20);
		assertThat(this.asked.get()).as("logins").isGreaterThan(askedBefore + 1);
		assertThat(this.sentAt.values()).as("sent and not come")
			.allMatch((sent) -> System.nanoTime() - sent < BOUND.toNanos());
		assertThat(longest()).as("the longest that a message took").isLessThan(BOUND);
	}

	/** None of them was sent away, which the audit log would say. */
	void areStillThere() {
		assertThat(this.target.process()
			.output()
			.lines()
			.filter((line) -> line.contains("who=\"" + this.name + "-") && line.contains(" reason="))
			.toList()).as("what became of those who did nothing wrong").isEmpty();
	}

	Duration longest() {
		return Duration.ofNanos(this.longest.get());
	}

	@Override
	public void close() {
		this.over = true;
		this.clock.shutdownNow();
		this.writer.close();
		this.reader.close();
		this.slow.close();
	}

}
