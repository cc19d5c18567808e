package dev.usher.socket;

import java.util.Objects;

import dev.usher.access.Caller;
import dev.usher.stomp.ClientFrame;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;

/**
 * The frame that is on its way through the client inbound channel on this thread. What
 * decides who sent it stays here, where no interceptor can change it.
 */
final class InboundFrame {

	private static final ThreadLocal<InboundFrame> CURRENT = new ThreadLocal<>();

	private final StompConnection connection;

	private final ClientFrame frame;

	/** Who a CONNECT was verified to come from. */
	private @Nullable Caller verified;

	/** The message as interceptors left it, once it has passed all of them. */
	private @Nullable Message<?> message;

	private long handedOnAt = System.nanoTime();

	private long interceptorNanos = -1;

	/** The one that this thread goes on with when it is done with this one. */
	private @Nullable InboundFrame outer;

	InboundFrame(StompConnection connection, ClientFrame frame) {
		this.connection = connection;
		this.frame = frame;
	}

	/** Makes it this thread's. */
	void begin() {
		this.outer = CURRENT.get();
		CURRENT.set(this);
	}

	void end() {
		if (this.outer != null) {
			CURRENT.set(this.outer);
		}
		else {
			CURRENT.remove();
		}
	}

	/** Whether this thread is handing a frame to interceptors. */
	static boolean isUnderWay() {
		return CURRENT.get() != null;
	}

	/**
	 * This thread's.
	 * @throws IllegalStateException where there is none: frames come from connections
	 * alone
	 */
	static InboundFrame current() {
		InboundFrame current = CURRENT.get();
		if (current == null) {
			throw new IllegalStateException("Only frames of clients go through clientInboundChannel");
		}
		return current;
	}

	StompConnection connection() {
		return this.connection;
	}

	/** As the client sent it. */
	ClientFrame frame() {
		return this.frame;
	}

	void verified(Caller caller) {
		this.verified = caller;
		// What came before is ours, and the interceptors of others begin now.
		this.handedOnAt = System.nanoTime();
	}

	/** Whose frame it is, whatever the message says. */
	@Nullable Caller caller() {
		return (this.frame.command().connects()) ? this.verified : this.connection.caller();
	}

	/**
	 * The interceptors are through with it.
	 * @throws IllegalStateException where they have been before: a frame takes effect
	 * once
	 */
	void passed(Message<?> message) {
		if (this.message != null) {
			throw new IllegalStateException("A frame goes through clientInboundChannel once");
		}
		this.message = message;
		this.interceptorNanos = System.nanoTime() - this.handedOnAt;
	}

	boolean hasPassed() {
		return this.message != null;
	}

	/** The message as interceptors left it. */
	Message<?> message() {
		return Objects.requireNonNull(this.message, "It has not passed");
	}

	/** How long the interceptors of others had it. */
	long interceptorNanos() {
		return (this.interceptorNanos >= 0) ? this.interceptorNanos : System.nanoTime() - this.handedOnAt;
	}

}
