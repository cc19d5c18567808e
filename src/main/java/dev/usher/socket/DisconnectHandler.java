package dev.usher.socket;

import java.util.List;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Header;
import dev.usher.websocket.CloseStatus;

/** DISCONNECT: the RECEIPT, if asked for, then a normal close. */
final class DisconnectHandler implements FrameHandler {

	@Override
	public CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame) {
		String receipt = frame.header("receipt");
		if (receipt != null) {
			connection.send("RECEIPT", List.of(new Header("receipt-id", receipt)));
		}
		connection.disconnect(CloseStatus.NORMAL);
		return DONE;
	}

}
