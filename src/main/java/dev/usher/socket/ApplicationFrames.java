package dev.usher.socket;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.socket.ApplicationHandlers.Room;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;
import dev.usher.stomp.Version;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;

/**
 * SEND and SUBSCRIBE to methods of extensions: checks whether the caller may, and hands
 * over. The gateway's own commands are not among them.
 */
@Component
class ApplicationFrames {

	private final SingletonSupplier<ApplicationHandlers> handlers;

	ApplicationFrames(ObjectProvider<ApplicationHandlers> handlers) {
		this.handlers = SingletonSupplier.ofNullable(handlers::getIfAvailable);
	}

	/** Whether a frame is for a method. */
	boolean takes(ClientFrame frame) {
		if (frame.command() != Command.SEND && frame.command() != Command.SUBSCRIBE) {
			return false;
		}
		String destination = frame.header("destination");
		if (destination == null || !destination.startsWith(Destination.APPLICATION)
				|| Destination.isCommand(destination)) {
			return false;
		}
		ApplicationHandlers present = this.handlers.get();
		return present != null && !present.isEmpty() && isPlain(destination) && present.handles(
				(frame.command() == Command.SEND) ? SimpMessageType.MESSAGE : SimpMessageType.SUBSCRIBE, destination);
	}

	/**
	 * Why a frame to a destination under {@code /app/} is refused that no method takes.
	 * @throws RefusedException for what is no destination
	 */
	static RefusedException unmapped(String destination, Command command) {
		Destination.forApplication(destination);
		return new RefusedException(Reason.BAD_FRAME, "No method takes a " + command + " to this destination.");
	}

	/** Only such a destination ever meets a pattern. */
	private static boolean isPlain(String destination) {
		try {
			Destination.forApplication(destination);
			return true;
		}
		catch (RefusedException ex) {
			return false;
		}
	}

	/** Refuses what {@link #handle} would refuse, and does nothing else. */
	Destination check(Caller caller, ClientFrame frame) {
		Destination destination = Destination.forApplication(String.valueOf(frame.header("destination")));
		boolean subscribes = frame.command() == Command.SUBSCRIBE;
		boolean allowed = (subscribes) ? caller.permissions().maySubscribe(destination)
				: caller.permissions().mayPublish(destination);
		if (!allowed) {
			throw new RefusedException(Reason.FORBIDDEN,
					(subscribes) ? "You are not allowed to subscribe here." : "You are not allowed to publish here.");
		}
		return destination;
	}

	/**
	 * Has the method run.
	 * @param message the frame as interceptors left it, or null where none has seen it
	 */
	CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame,
			@Nullable Message<?> message) {
		try (Room room = reserve(connection, caller, List.of(frame))) {
			return handle(connection, caller, frame, message, room);
		}
	}

	/**
	 * Takes room for frames that are all for methods, for all of them or for none.
	 * @throws RefusedException {@link Reason#OVERLOADED} where too much waits
	 */
	Room reserve(StompConnection connection, Caller caller, List<ClientFrame> frames) {
		long memory = frames.stream().mapToLong(ClientFrame::memory).sum();
		return this.handlers.obtain().reserve(connection.id(), caller.name(), frames.size(), memory);
	}

	/** Has the method of a frame run that there is room for. */
	CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame,
			@Nullable Message<?> message, Room room) {
		Destination destination = check(caller, frame);
		if (frame.command() == Command.SUBSCRIBE) {
			subscribe(connection, destination, frame);
		}
		Message<?> handled = shown(connection, frame, message);
		Holdings holdings = connection.outlet().holdings();
		int held = frame.memory();
		CompletionStage<Boolean> run = room.handle(handled, held);
		holdings.add(held);
		CompletableFuture<Effect> effect = connection.pendingEffects().methodBegan();
		run.thenAccept((done) -> {
			holdings.add(-held);
			connection.pendingEffects().methodEnded(effect, (done) ? Effect.PLAIN : Effect.WITHHELD);
		});
		return effect;
	}

	/**
	 * The message for the method: what was checked, and the headers beside it that
	 * interceptors have added.
	 */
	private static Message<?> shown(StompConnection connection, ClientFrame frame, @Nullable Message<?> message) {
		Message<byte[]> shown = FrameMessages.of(connection, frame, true);
		StompHeaderAccessor headers = FrameMessages.accessor(shown);
		if (message != null && headers != null) {
			headers.copyHeadersIfAbsent(message.getHeaders());
		}
		FrameMessages.freeze(shown);
		return shown;
	}

	/** So that its UNSUBSCRIBE finds it, and no answer follows that. */
	private static void subscribe(StompConnection connection, Destination destination, ClientFrame frame) {
		String id = frame.header("id");
		if (id == null && connection.version() != Version.V1_0) {
			throw new RefusedException(Reason.BAD_FRAME, "SUBSCRIBE needs an id header.");
		}
		AckMode.of(frame.header("ack"));
		SubscriptionList list = connection.subscriptions();
		list.add(SubscribeHandler.key(id, destination.asSubscribed()),
				new MethodSubscription(connection.outlet(), id, destination, list.nextOrdinal()));
	}

}
