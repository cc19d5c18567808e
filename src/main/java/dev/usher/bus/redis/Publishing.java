package dev.usher.bus.redis;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * What is published on one connection, and the engine's replies: one for each frame, in
 * their order. Everything but {@link #execute} happens on the thread of the connection.
 */
final class Publishing extends ChannelInboundHandlerAdapter {

	private final Channel channel;

	private final Settled settled;

	private final Queue<List<Outgoing>> unanswered = new ArrayDeque<>();

	private final ReplyReader replies = new ReplyReader(this::replied);

	private @Nullable ChannelHandlerContext own;

	/** Hears what became of each frame. */
	@FunctionalInterface
	interface Settled {

		/**
		 * @param error what the engine did not like; null if it has taken the frame, and
		 * where the connection has ended before it could say
		 */
		void onSettled(List<Outgoing> entries, boolean taken, @Nullable String error);

	}

	Publishing(Channel channel, Settled settled) {
		this.channel = channel;
		this.settled = settled;
	}

	/** Whether the caller is on the thread of the connection. */
	boolean isHere() {
		return this.channel.eventLoop().inEventLoop();
	}

	/**
	 * Runs something on the thread of the connection; any thread may call.
	 * @return whether there is such a thread still
	 */
	boolean execute(Runnable task) {
		try {
			this.channel.eventLoop().execute(task);
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	/** A frame is in the commands that are sent next. */
	void expect(List<Outgoing> entries) {
		this.unanswered.add(entries);
	}

	/** Sends commands; a frame of each is expected to be answered. */
	void send(PublishBuffer commands) {
		ByteBuf bytes = commands.take(this.channel.alloc());
		if (this.own != null && this.channel.isActive()) {
			this.own.writeAndFlush(bytes);
		}
		else {
			bytes.release();
			end();
		}
	}

	/** Frames without a reply, the oldest first. */
	Iterable<List<Outgoing>> unanswered() {
		return this.unanswered;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.own = context;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (!(message instanceof ByteBuf bytes) || this.unanswered.isEmpty()) {
			context.fireChannelRead(message);
			return;
		}
		try {
			if (!this.replies.read(bytes)) {
				context.close();
			}
		}
		finally {
			bytes.release();
		}
	}

	private void replied(@Nullable String error) {
		List<Outgoing> entries = this.unanswered.poll();
		if (entries != null) {
			this.settled.onSettled(entries, error == null, error);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		end();
		context.fireChannelInactive();
	}

	/** Nobody will say any more what became of them. */
	private void end() {
		List<Outgoing> next = this.unanswered.poll();
		while (next != null) {
			this.settled.onSettled(next, false, null);
			next = this.unanswered.poll();
		}
	}

}
