package dev.usher.bus;

import java.util.concurrent.CompletableFuture;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;

/**
 * The bus of a gateway that is one process: there is nobody else to tell.
 */
class InProcessBus implements Bus {

	private volatile Listener listener = (message) -> 0;

	@Override
	public boolean reachesOthers() {
		return false;
	}

	@Override
	public boolean works() {
		return false;
	}

	@Override
	public int announce(Message message) {
		return this.listener.onMessage(message);
	}

	@Override
	public boolean isHeard(Destination destination) {
		return this.listener.isHeard(destination);
	}

	@Override
	public void listen(Listener listener) {
		this.listener = listener;
	}

	@Override
	public CompletableFuture<Reach> send(BusChannel channel, EntryKind kind, byte[] entry) {
		return CompletableFuture.completedFuture(Reach.NODE);
	}

	@Override
	public long unsent(EntryKind kind) {
		return 0;
	}

	@Override
	public void receive(EntryKind kind, Receiver receiver) {
	}

	@Override
	public void want(BusChannel channel) {
	}

	@Override
	public void unwant(BusChannel channel) {
	}

	@Override
	public CompletableFuture<Reach> confirmed(BusChannel channel) {
		return CompletableFuture.completedFuture(Reach.NODE);
	}

	@Override
	public boolean hears(BusChannel channel) {
		return false;
	}

	@Override
	public void onGap(GapListener listener) {
	}

}
