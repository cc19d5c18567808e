package dev.usher.websocket;

/** The statuses of RFC 6455, section 7.4.1, that are used here. */
public final class CloseStatus {

	/** The purpose is fulfilled. */
	public static final int NORMAL = 1000;

	/** The peer broke the WebSocket protocol. */
	public static final int PROTOCOL_ERROR = 1002;

	/** Never on the wire: the close frame carried no status. */
	public static final int NONE = 1005;

	/** Never on the wire: the connection was lost without a closing handshake. */
	public static final int ABNORMAL = 1006;

	/** A text message was not UTF-8. */
	public static final int NOT_UTF8 = 1007;

	/** Something went wrong here. */
	public static final int INTERNAL_ERROR = 1011;

	private CloseStatus() {
	}

	/** Whether a peer may send it (section 7.4.2). */
	static boolean mayBeSent(int status) {
		return (status >= 1000 && status <= 1014 && status != 1004 && status != NONE && status != ABNORMAL)
				|| (status >= 3000 && status <= 4999);
	}

}
