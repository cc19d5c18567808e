package dev.usher.socket;

import java.time.Clock;
import java.util.Map;

import dev.usher.bus.Buses;
import dev.usher.presence.Presence;
import dev.usher.trace.Traces;
import dev.usher.websocket.WebSocket;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;

/** The gateway with default settings and no server before it. */
final class UnservedGateway {

	private final Connections connections;

	private final StompGateway gateway;

	UnservedGateway(Clock clock) {
		SocketProperties properties = new Binder(new MapConfigurationPropertySource(Map.of())).bindOrCreate("usher",
				SocketProperties.class);
		this.connections = new Connections(properties, Buses.inProcess(), Presence.ofOneNode());
		this.gateway = new StompGateway(properties, clock, this.connections, null, null,
				new SocketAudit(null, new Closes(), new ConnectSpans(Traces.off())), () -> {
				});
	}

	/** A connection that is open and waits for its CONNECT. */
	StompConnection open(WebSocket socket) {
		return open("127.0.0.1", socket);
	}

	StompConnection open(String address, WebSocket socket) {
		StompConnection connection = this.gateway.newConnection(new StandardWebSocketSession(null, null, null, null),
				new Handshake(address, "http://localhost", "/ws", null, null, null, null, null));
		connection.events().onOpen(socket);
		return connection;
	}

	Connections connections() {
		return this.connections;
	}

	TimingWheel wheel() {
		return this.gateway.wheel();
	}

	void close() {
		this.gateway.destroy();
	}

}
