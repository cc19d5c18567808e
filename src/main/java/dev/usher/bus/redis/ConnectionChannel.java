package dev.usher.bus.redis;

import java.util.concurrent.CompletableFuture;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandEncoder;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * The channel below a connection of Lettuce. What the bus sends and gets by the thousand
 * goes past Lettuce, which makes half a dozen objects and a hand-over of each command;
 * that it opens connections, with TLS, users and Sentinel, is what it is there for.
 */
final class ConnectionChannel {

	private ConnectionChannel() {
	}

	/** Lets the channels of new connections be found. */
	static NettyCustomizer findable() {
		return new NettyCustomizer() {

			@Override
			public void afterChannelInitialized(Channel channel) {
				channel.pipeline().addLast(new Finder());
			}

		};
	}

	/**
	 * Finds the channel of an open connection. Nothing is sent for it.
	 * @return fails where the connection is not open any more
	 */
	static CompletableFuture<Channel> of(StatefulRedisConnection<byte[], byte[]> connection) {
		Question question = new Question();
		connection.dispatch(question);
		return question.answer;
	}

	/**
	 * Adds a handler that sees the octets of the engine, without TLS, before Lettuce
	 * does. What it writes Lettuce does not see. Does nothing once the channel is closed.
	 */
	static void add(Channel channel, ChannelHandler handler) {
		ChannelHandlerContext encoder = channel.pipeline().context(CommandEncoder.class);
		if (encoder != null) {
			channel.pipeline().addBefore(encoder.name(), null, handler);
		}
	}

	/** A command that is never sent: its way ends in the channel. */
	private static final class Question extends Command<byte[], byte[], Void> {

		private final CompletableFuture<Channel> answer = new CompletableFuture<>();

		private Question() {
			super(CommandType.PING, null);
		}

		@Override
		public boolean completeExceptionally(Throwable failure) {
			this.answer.completeExceptionally(failure);
			return super.completeExceptionally(failure);
		}

		@Override
		public void cancel() {
			this.answer.cancel(false);
			super.cancel();
		}

	}

	/** Answers the question; everything else passes. */
	private static final class Finder extends ChannelOutboundHandlerAdapter {

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			if (message instanceof Question question) {
				promise.trySuccess();
				question.complete();
				question.answer.complete(context.channel());
			}
			else {
				context.write(message, promise);
			}
		}

	}

}
