package dev.usher.bus.redis;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.jspecify.annotations.Nullable;

/**
 * PUBLISH of one frame. Tells once what became of it, on the thread of the connection.
 * Lighter than what Lettuce makes for each call of {@code publish}.
 */
final class PublishCommand extends Command<byte[], byte[], Long> {

	private final List<Outgoing> entries;

	private final Settled settled;

	private final AtomicBoolean told = new AtomicBoolean();

	PublishCommand(byte[] channel, byte[] frame, List<Outgoing> entries, Settled settled) {
		super(CommandType.PUBLISH, new IntegerOutput<>(ByteArrayCodec.INSTANCE),
				new CommandArgs<>(ByteArrayCodec.INSTANCE).addKey(channel).addValue(frame));
		this.entries = entries;
		this.settled = settled;
	}

	@Override
	public void complete() {
		super.complete();
		String error = getOutput().getError();
		tell((error != null) ? new RedisCommandExecutionException(error) : null, error == null);
	}

	@Override
	public boolean completeExceptionally(Throwable failure) {
		boolean first = super.completeExceptionally(failure);
		tell(failure, false);
		return first;
	}

	@Override
	public void cancel() {
		super.cancel();
		tell(null, false);
	}

	private void tell(@Nullable Throwable failure, boolean taken) {
		if (this.told.compareAndSet(false, true)) {
			this.settled.onSettled(this.entries, taken, failure);
		}
	}

	/** Hears what became of a frame. */
	@FunctionalInterface
	interface Settled {

		void onSettled(List<Outgoing> entries, boolean taken, @Nullable Throwable failure);

	}

}
