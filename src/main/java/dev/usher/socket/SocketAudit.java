package dev.usher.socket;

import dev.usher.access.Caller;
import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import dev.usher.audit.AuditEvent.Kind;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;

/** What is written down of connections. */
@Component
class SocketAudit {

	private final Audit audit;

	private final Closes closes;

	private final ConnectSpans spans;

	SocketAudit(Audit audit, Closes closes, ConnectSpans spans) {
		this.spans = spans;
		this.audit = audit;
		this.closes = closes;
	}

	/** A handshake was refused. */
	void refused(String address, RefusedException refusal) {
		this.audit.record(AuditEvent.of(Kind.CONNECT).from(address).because(refusal));
	}

	void connected(StompConnection connection) {
		this.spans.end(connection, "connected");
		this.audit.record(event(Kind.CONNECT, connection));
	}

	/** Something its sender may not do, or that could not be done. */
	void refused(StompConnection connection, ClientFrame frame, RefusedException refusal) {
		String destination = frame.header("destination");
		String what = frame.command() + ((destination != null) ? " " + destination : "");
		this.audit.record(event(Kind.FRAME, connection).what(what).because(refusal));
	}

	/** We ended a connection, or refused to make one. */
	void ended(StompConnection connection, Ending ending) {
		this.closes.ended(ending.reason());
		this.spans.end(connection, ending.reason().code());
		Kind kind = (connection.caller() != null) ? Kind.DISCONNECT : Kind.CONNECT;
		AuditEvent event = event(kind, connection).what(Integer.toString(ending.reason().closeStatus()));
		RefusedException refusal = ending.refusal();
		this.audit.record((refusal != null) ? event.because(refusal) : event.because(ending.reason()));
	}

	/**
	 * A connection is gone that we did not end. Whoever has said DISCONNECT need not
	 * close it as RFC 6455 has it.
	 */
	void left(StompConnection connection, int closeStatus) {
		int status = (connection.isDisconnected()) ? CloseStatus.NORMAL.getCode() : closeStatus;
		this.closes.left(status);
		this.spans.end(connection, "left");
		if (connection.caller() != null) {
			this.audit.record(event(Kind.DISCONNECT, connection).what(Integer.toString(status)));
		}
	}

	private static AuditEvent event(Kind kind, StompConnection connection) {
		@Nullable Caller caller = connection.caller();
		AuditEvent event = AuditEvent.of(kind).from(connection.remoteAddress());
		return (caller != null) ? event.who(caller.name()).session(caller.sessionId()) : event;
	}

}
