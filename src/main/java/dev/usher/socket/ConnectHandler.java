package dev.usher.socket;

import java.util.List;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.access.UserDirectory;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.session.Sessions;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Header;
import dev.usher.stomp.Version;
import dev.usher.token.Revocations;

/** CONNECT and STOMP, once the caller is verified. */
final class ConnectHandler implements FrameHandler {

	private static final int CLIENTS_PER_SECOND = 1000;

	/** In seconds. */
	private static final int MAX_SPREAD = 60;

	private final int heartbeat;

	private final Revocations revocations;

	private final Sessions sessions;

	private final Admission admission;

	private final Connections connections;

	private final UserDirectory users;

	private final SocketAudit audit;

	ConnectHandler(SocketProperties properties, Revocations revocations, Sessions sessions, Admission admission,
			Connections connections, UserDirectory users, SocketAudit audit) {
		this.users = users;
		this.connections = connections;
		this.audit = audit;
		this.heartbeat = (int) properties.connect().heartbeat().toMillis();
		this.revocations = revocations;
		this.sessions = sessions;
		this.admission = admission;
	}

	@Override
	public CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame) {
		Version version = Version.negotiate(frame.header("accept-version"));
		if (version == null) {
			String sentence = "The versions spoken here are 1.0, 1.1 and 1.2.";
			throw new RefusedException(Reason.BAD_FRAME).with(sentence, Ending.VERSION, "1.0,1.1,1.2");
		}
		HeartBeat heartBeat = HeartBeat.agree(frame.header("heart-beat"), this.heartbeat);
		this.admission.connect(connection, caller);
		if (!connection.connect(caller, version, heartBeat)) {
			return DONE;
		}
		// Between the verification and now the connection was on no list to be ended
		// from.
		if (this.revocations.isRevoked(caller)) {
			throw new RefusedException(Reason.REVOKED);
		}
		this.admission.connected(connection, caller);
		this.users.seen(caller);
		if (caller.sessionId() != null) {
			this.sessions.seen(caller.sessionId());
		}
		connection.send("CONNECTED",
				List.of(new Header("version", version.text()), new Header("session", connection.id()),
						new Header("server", "Usher"), new Header("heart-beat", heartBeat.header()),
						new Header("user-name", caller.name()), ExpiryNotice.expiresIn(connection),
						new Header("retry-spread", Integer.toString(retrySpread(this.connections.size())))));
		this.audit.connected(connection);
		return DONE;
	}

	/**
	 * Over how many seconds all clients of this node had better come back after a bare
	 * loss: a thousand in a second, which a node that has just started bears.
	 */
	static int retrySpread(int connections) {
		return Math.max(1, Math.min(MAX_SPREAD, connections / CLIENTS_PER_SECOND));
	}

}
