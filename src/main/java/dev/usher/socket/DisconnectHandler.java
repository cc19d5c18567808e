package dev.usher.socket;

import java.util.List;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Header;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * DISCONNECT: once all frames before it have taken effect, the RECEIPT, if asked for,
 * then a normal close.
 */
final class DisconnectHandler implements FrameHandler {

	@Override
	public CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame) {
		connection.pendingEffects().afterAll(() -> leave(connection, frame.header("receipt")));
		connection.lookSoon();
		return DONE;
	}

	private static void leave(StompConnection connection, @Nullable String receipt) {
		if (receipt != null) {
			connection.send("RECEIPT", List.of(new Header("receipt-id", receipt)));
		}
		connection.disconnect(CloseStatus.NORMAL);
	}

}
