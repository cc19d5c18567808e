package dev.usher.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * STOMP 1.2, each frame in a WebSocket message of its own, as both the gateway and the
 * stock broker send it. A received MESSAGE is counted by its first octet; nothing is
 * parsed but the stamp, and that only when asked for.
 */
final class StompPeer implements Peer {

	/**
	 * One message of 64 is looked through for a second frame, which would go uncounted: a
	 * look at each would cost the load as much as all the rest.
	 */
	private static final int CHECK_MASK = 63;

	private static final byte[] SEND = bytes("SEND\ndestination:");

	private static final byte[] LENGTH = bytes("\ncontent-length:" + FrameWriter.BODY_LENGTH + "\n\n");

	private static final byte[] END = { 0 };

	private final String ownWord;

	private final Function<String, byte[]> logins;

	/**
	 * @param ownWord {@code topic} or {@code queue}: what follows {@code /user/}
	 * @param issuer whose tokens open a connection
	 */
	StompPeer(String ownWord, Issuer issuer) {
		this(ownWord, (user) -> loginByToken(issuer.token(user)));
	}

	/**
	 * @param ownWord as above
	 * @param logins the CONNECT frame of a user
	 */
	StompPeer(String ownWord, Function<String, byte[]> logins) {
		this.ownWord = ownWord;
		this.logins = logins;
	}

	@Override
	public String subprotocol() {
		return "v12.stomp";
	}

	@Override
	public boolean binary() {
		return false;
	}

	@Override
	public byte[] login(String user) {
		return this.logins.apply(user);
	}

	/** The CONNECT frame that carries a token. */
	static byte[] loginByToken(String token) {
		return loginByToken(token, "0,0");
	}

	/** The same with the heart-beats a client can send and wants. */
	static byte[] loginByToken(String token, String heartBeat) {
		return bytes("CONNECT\naccept-version:1.2\nhost:localhost\nheart-beat:" + heartBeat + "\nAuthorization:Bearer "
				+ token + "\n\n\0");
	}

	@Override
	public byte[] subscribe(String destination) {
		return bytes("SUBSCRIBE\nid:0\ndestination:" + destination + "\n\n\0");
	}

	@Override
	public String topic() {
		return "/topic/bench";
	}

	@Override
	public String ownDestination(String user) {
		return "/user/" + this.ownWord + "/x";
	}

	@Override
	public String userDestination(String user) {
		return "/user/" + user + "/" + this.ownWord + "/x";
	}

	@Override
	public void publish(FrameWriter frame, byte[] destination, byte[] body) {
		frame.write(SEND, destination, LENGTH, body, END);
	}

	@Override
	public void receive(Connection connection, ByteBuffer payload, int from, int to, ClientLoop loop) {
		byte first = payload.get(from);
		if (first == 'M') {
			if ((loop.messages() & CHECK_MASK) == 0 && firstNul(payload, from, to) != to - 1) {
				throw new BenchmarkException(
						"A WebSocket message holds something other than one MESSAGE frame: " + text(payload, from, to));
			}
			loop.message(connection, payload, to - 1 - FrameWriter.BODY_LENGTH);
		}
		else if (first == 'C') {
			loop.loggedIn(connection);
		}
		else if (first == 'E') {
			loop.failed(connection, text(payload, from, to));
		}
	}

	private static int firstNul(ByteBuffer payload, int from, int to) {
		int at = from;
		while (at < to && payload.get(at) != 0) {
			at++;
		}
		return at;
	}

	private static String text(ByteBuffer payload, int from, int to) {
		byte[] bytes = new byte[Math.min(to - from, 300)];
		payload.get(from, bytes);
		return new String(bytes, StandardCharsets.UTF_8).replace('\n', ' ').replace('\0', ' ').trim();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
