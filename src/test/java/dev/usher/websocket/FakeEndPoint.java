package dev.usher.websocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * An end point as Jetty's contract allows one, in every way it may behave: it takes all
 * and sends it, takes all and keeps it, takes the first half, or takes nothing; a write
 * is through at once, or later on another thread, or fails. Or one of a bare socket,
 * whose channel is written to past it and keeps nothing: what it takes has left.
 */
final class FakeEndPoint {

	private final Interleavings steps;

	/** How often the peer takes nothing more, before it takes everything. */
	private int refusals;

	private final boolean mayFail;

	private final ByteArrayOutputStream wire = new ByteArrayOutputStream();

	/** Taken and not sent, as encrypted bytes are that the kernel has no room for. */
	private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

	private boolean bare;

	private boolean busy;

	private boolean failed;

	private boolean closed;

	FakeEndPoint(Interleavings steps, int refusals, boolean mayFail) {
		this.steps = steps;
		this.refusals = refusals;
		this.mayFail = mayFail;
	}

	EndPoint proxy() {
		return (EndPoint) Proxy.newProxyInstance(EndPoint.class.getClassLoader(), new Class<?>[] { EndPoint.class },
				(proxy, method, arguments) -> call(method, arguments));
	}

	/** The same where nothing is between the end point and the kernel. */
	EndPoint bare() {
		this.bare = true;
		return new Bare(new FakeChannel((buffer) -> {
			int before = buffer.remaining();
			flush(new ByteBuffer[] { buffer });
			return before - buffer.remaining();
		}));
	}

	private Object call(Method method, Object[] arguments) throws IOException {
		switch (method.getName()) {
			case "flush" -> {
				return flush((ByteBuffer[]) arguments[0]);
			}
			case "write" -> {
				write((Callback) arguments[0], (ByteBuffer[]) arguments[1]);
				return null;
			}
			case "close" -> {
				this.closed = true;
				return null;
			}
			case "isOpen" -> {
				return !this.closed;
			}
			case "toString" -> {
				return "FakeEndPoint";
			}
			default -> {
				return nothing(method);
			}
		}
	}

	private static Object nothing(Method method) {
		Class<?> type = method.getReturnType();
		return (type == boolean.class) ? Boolean.FALSE
				: (type == long.class) ? (Object) 0L : (type == int.class) ? (Object) 0 : null;
	}

	private boolean flush(ByteBuffer[] buffers) throws IOException {
		occupy();
		this.steps.step();
		try {
			if (this.closed) {
				throw new IOException("closed");
			}
			boolean all = (this.refusals == 0) ? send(buffers) : sendOrRefuse(buffers);
			this.steps.step();
			return all;
		}
		finally {
			this.busy = false;
		}
	}

	private boolean sendOrRefuse(ByteBuffer[] buffers) throws IOException {
		int choice = this.steps.choose((this.kept.size() > 0) ? 2 : (this.mayFail) ? 5 : 4);
		if (choice == 0) {
			return send(buffers);
		}
		this.refusals--;
		switch (choice) {
			case 1 -> {
				// Takes nothing: it has no room.
			}
			case 2 -> take(buffers, (this.bare) ? 3 : 1, (this.bare) ? this.wire : this.kept);
			case 3 -> take(buffers, 2, (this.bare) ? this.wire : this.kept);
			default -> {
				this.failed = true;
				throw new IOException("the peer is gone");
			}
		}
		return false;
	}

	/** The peer has room for everything. */
	private boolean send(ByteBuffer[] buffers) {
		this.wire.writeBytes(this.kept.toByteArray());
		this.kept.reset();
		take(buffers, 1, this.wire);
		return true;
	}

	private static void take(ByteBuffer[] buffers, int part, ByteArrayOutputStream to) {
		for (ByteBuffer buffer : buffers) {
			byte[] bytes = new byte[buffer.remaining() / part];
			buffer.get(bytes);
			to.writeBytes(bytes);
		}
	}

	/** Through at once, on another thread before or after this returns, or never. */
	private void write(Callback callback, ByteBuffer[] buffers) {
		occupy();
		this.steps.step();
		if (this.closed) {
			this.busy = false;
			callback.failed(new IOException("closed"));
			return;
		}
		switch (this.steps.choose((this.mayFail) ? 3 : 2)) {
			case 0 -> complete(callback, buffers);
			case 1 -> this.steps.begin("call-back", () -> complete(callback, buffers));
			default -> this.steps.begin("failure", () -> {
				this.failed = true;
				this.busy = false;
				callback.failed(new IOException("the peer is gone"));
			});
		}
		this.steps.step();
	}

	private void complete(Callback callback, ByteBuffer[] buffers) {
		this.steps.step();
		this.busy = false;
		if (this.closed) {
			callback.failed(new IOException("closed"));
			return;
		}
		send(buffers);
		callback.succeeded();
	}

	/** Jetty allows one write at a time. */
	private void occupy() {
		if (this.busy) {
			throw new AssertionError("two write at the same time");
		}
		this.busy = true;
	}

	/** What the peer got: the payloads, without the headers of the frames. */
	String left() {
		return this.wire.toString(StandardCharsets.ISO_8859_1).replaceAll("[^a-z0-9 ]", "");
	}

	int kept() {
		return this.kept.size();
	}

	boolean hasFailed() {
		return this.failed || this.closed;
	}

	static Scheduler noScheduler() {
		return (Scheduler) Proxy.newProxyInstance(Scheduler.class.getClassLoader(), new Class<?>[] { Scheduler.class },
				(proxy, method, arguments) -> method.getName().equals("schedule") ? (Scheduler.Task) () -> true
						: nothing(method));
	}

	private final class Bare extends SocketChannelEndPoint {

		Bare(SocketChannel channel) {
			super(channel, null, null, noScheduler());
		}

		@Override
		public void write(Callback callback, ByteBuffer... buffers) {
			FakeEndPoint.this.write(callback, buffers);
		}

		@Override
		public boolean flush(ByteBuffer... buffers) throws IOException {
			return FakeEndPoint.this.flush(buffers);
		}

		@Override
		public boolean isOpen() {
			return !FakeEndPoint.this.closed;
		}

		@Override
		public void doClose() {
			FakeEndPoint.this.closed = true;
		}

		@Override
		public void onClose(Throwable cause) {
		}

	}

}
