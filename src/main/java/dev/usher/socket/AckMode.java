package dev.usher.socket;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/** The {@code ack} header of SUBSCRIBE (STOMP 1.2, section "SUBSCRIBE ack Header"). */
enum AckMode {

	AUTO, CLIENT, CLIENT_INDIVIDUAL;

	static AckMode of(@Nullable String header) {
		if (header == null) {
			return AUTO;
		}
		return switch (header) {
			case "auto" -> AUTO;
			case "client" -> CLIENT;
			case "client-individual" -> CLIENT_INDIVIDUAL;
			default -> throw new RefusedException(Reason.BAD_FRAME,
					"The ack header of SUBSCRIBE is auto, client or client-individual.");
		};
	}

}
