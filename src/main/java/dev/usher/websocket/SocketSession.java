package dev.usher.websocket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.usher.thread.FailureLog;
import dev.usher.websocket.WebSocket.Offer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.SessionLimitExceededException;

/**
 * A connection as Spring shows it. Any thread may call. What is sent here goes into the
 * connection's one queue, behind what is there and within its limits; nobody waits for
 * the peer.
 * <p>
 * Credentials are gone once the handshake is through: the headers have no
 * {@code Authorization} and no {@code Cookie}, the address has no ticket, so that neither
 * memory nor a log has them for as long as a connection lives. {@link KeptHeaders} says
 * which headers are kept.
 */
public final class SocketSession implements WebSocketSession {

	private static final FailureLog failures = new FailureLog(LoggerFactory.getLogger(SocketSession.class),
			"A WebSocket listener failed");

	private final String id = UUID.randomUUID().toString();

	/** Null where nobody decorates the gateway's own handler, which knows already. */
	private final @Nullable HandlerCalls handler;

	private final KeptHeaders headers;

	/** Path and query, without secrets. */
	private final String target;

	private final @Nullable String protocol;

	/** Most sessions have none. */
	private volatile @Nullable Map<String, Object> attributes;

	private @Nullable PayloadListener listener;

	private @Nullable WebSocketConnection connection;

	/**
	 * @param handler what tells of opening, failure and closing, or null for nobody
	 * @param target the path and the query of the handshake, without secrets
	 * @param headers the headers of the handshake that are kept
	 * @param protocol the subprotocol that was accepted, or null
	 * @param attributes what the interceptors of the handshake left
	 */
	SocketSession(@Nullable HandlerCalls handler, String target, KeptHeaders headers, @Nullable String protocol,
			Map<String, Object> attributes) {
		this.handler = handler;
		this.target = target;
		this.headers = headers;
		this.protocol = protocol;
		attributes.forEach((name, value) -> {
			if (name != null && value != null) {
				getAttributes().put(name, value);
			}
		});
	}

	/** Ties it to its connection, before anything is read. */
	void connect(WebSocketConnection connection, PayloadListener listener) {
		this.connection = connection;
		this.listener = listener;
	}

	/** What the handler made for this session. */
	public PayloadListener listener() {
		return Objects.requireNonNull(this.listener, "The handshake is not through yet");
	}

	private WebSocketConnection connection() {
		return Objects.requireNonNull(this.connection, "The handshake is not through yet");
	}

	/** The connection is open; a listener or a handler that fails ends it. */
	void opened() {
		try {
			listener().onOpen(connection());
			if (this.handler != null) {
				this.handler.opened(this);
			}
		}
		catch (Throwable ex) {
			broken(ex);
			connection().close(CloseStatus.SERVER_ERROR);
			writeAll();
		}
	}

	/** The listener or the handler failed; it is for the listener to say so. */
	void broken(Throwable failure) {
		try {
			listener().onBroken(failure);
		}
		catch (Throwable ex) {
			failures.note(ex);
		}
	}

	/** Where the listener may not be ready to see to it. */
	private void writeAll() {
		boolean more;
		do {
			more = connection().writeSome();
		}
		while (more);
	}

	/** Reading or writing failed, as it does whenever a peer goes without a word. */
	void failed(Throwable cause) {
		if (this.handler != null) {
			this.handler.failed(this, cause);
		}
	}

	/** The connection is gone. */
	void closed(CloseStatus status) {
		if (this.handler != null) {
			this.handler.closed(this, status);
		}
	}

	/** The same as the session id of STOMP. */
	@Override
	public String getId() {
		return this.id;
	}

	/** Without a ticket; other parameters of the query are there. */
	@Override
	public @Nullable URI getUri() {
		String scheme = connection().getEndPoint().isSecure() ? "wss" : "ws";
		return LenientUri.of(scheme + "://" + this.headers.first(HttpHeaders.HOST), this.target);
	}

	/** Those that {@link KeptHeaders} says are kept; read-only. */
	@Override
	public HttpHeaders getHandshakeHeaders() {
		return this.headers.read();
	}

	@Override
	public Map<String, Object> getAttributes() {
		Map<String, Object> made = this.attributes;
		if (made == null) {
			synchronized (this) {
				made = this.attributes;
				if (made == null) {
					made = new ConcurrentHashMap<>(4);
					this.attributes = made;
				}
			}
		}
		return made;
	}

	/** Whether anything was ever asked of the attributes; asking costs memory. */
	public boolean hasAttributes() {
		return this.attributes != null;
	}

	/** The caller once CONNECTED, null before. */
	@Override
	public @Nullable Principal getPrincipal() {
		return listener().principal();
	}

	@Override
	public @Nullable InetSocketAddress getLocalAddress() {
		return inet(connection().getEndPoint().getLocalSocketAddress());
	}

	/** The peer of the TCP connection, which may be a proxy. */
	@Override
	public @Nullable InetSocketAddress getRemoteAddress() {
		return inet(connection().remoteAddress());
	}

	private static @Nullable InetSocketAddress inet(@Nullable SocketAddress address) {
		return (address instanceof InetSocketAddress inet) ? inet : null;
	}

	@Override
	public @Nullable String getAcceptedProtocol() {
		return this.protocol;
	}

	/** Not per session: {@code usher.frame.max} is the limit of all. */
	@Override
	public void setTextMessageSizeLimit(int messageSizeLimit) {
		throw new UnsupportedOperationException("usher.frame.max limits what a session takes.");
	}

	@Override
	public int getTextMessageSizeLimit() {
		return connection().limits().messageBytes();
	}

	/** Not per session: {@code usher.frame.max} is the limit of all. */
	@Override
	public void setBinaryMessageSizeLimit(int messageSizeLimit) {
		throw new UnsupportedOperationException("usher.frame.max limits what a session takes.");
	}

	@Override
	public int getBinaryMessageSizeLimit() {
		return connection().limits().messageBytes();
	}

	@Override
	public List<WebSocketExtension> getExtensions() {
		return connection().isDeflating() ? List.of(PerMessageDeflate.EXTENSION) : List.of();
	}

	/**
	 * Queues a message of a text, of bytes, or a ping or a pong, and has it written soon.
	 * @throws SessionLimitExceededException the queue is full, so that the connection
	 * ends as a slow consumer
	 * @throws IOException the session is closed
	 */
	@Override
	public void sendMessage(WebSocketMessage<?> message) throws IOException {
		Offer offer = listener().onSend(OutboundFrame.of(message));
		if (offer == Offer.FULL) {
			throw new SessionLimitExceededException("The queue of the session is full.", null);
		}
		if (offer == Offer.CLOSED) {
			throw new IOException("The session is closed.");
		}
	}

	@Override
	public boolean isOpen() {
		return this.connection != null && connection().isOpen();
	}

	@Override
	public void close() {
		close(CloseStatus.NORMAL);
	}

	/**
	 * Ends the connection with this status, behind what is queued. A session that is
	 * closed already stays as it is.
	 */
	@Override
	public void close(CloseStatus status) {
		listener().onCloseAsked(status);
	}

	@Override
	public String toString() {
		return "SocketSession[" + this.id + "]";
	}

}
