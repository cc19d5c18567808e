package dev.usher.socket;

import java.time.Duration;
import java.util.Map;

import dev.usher.access.Caller;
import dev.usher.socket.StompConnection.State;
import dev.usher.testing.Await;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A token that ends while a connection that is over still has messages queued. */
class LateExpiryTests {

	private static final int MESSAGES = 400;

	private static final int BUFFER = 8 * 1024;

	private TestGateway gateway;

	private StompClient reader;

	@BeforeEach
	void fillTheQueue() {
		this.gateway = TestGateway.start("usher.connect.frames-per-second=0").sendBuffer(BUFFER);
		this.reader = new StompClient(RawWebSocket.open(this.gateway.port(), "/ws", Map.of(), BUFFER));
		this.reader.sendConnect(this.gateway.token("ann", Duration.ofSeconds(60), Map.of())).expect("CONNECTED");
		this.reader.subscribe("s", "/topic/stream");
		try (StompClient writer = this.gateway.connect("ben")) {
			for (int i = 0; i < MESSAGES; i++) {
				writer.publish("/topic/stream", "x".repeat(1000));
			}
			writer.expectNothing();
		}
	}

	@AfterEach
	void close() {
		this.reader.close();
		this.gateway.close();
	}

	private void endAndExpire(String command, String... headers) {
		this.reader.send(command, headers);
		Await.until(() -> this.gateway.bean(Connections.class)
			.all()
			.stream()
			.anyMatch((connection) -> isReader(connection) && connection.state() == State.ENDED));
		this.gateway.clock().advance(Duration.ofSeconds(60));
	}

	/** Not the writer, who may be going still. */
	private static boolean isReader(StompConnection connection) {
		Caller caller = connection.caller();
		return caller != null && caller.name().equals("ann");
	}

	@Test
	void queueWhenTheTokenEndsAfterAnErrorThenNothingButTheErrorLeaves() {
		endAndExpire("SEND", "destination:/topic/*");
		int messages = 0;
		StompFrame frame = this.reader.read();
		while (frame.command().equals("MESSAGE")) {
			messages++;
			frame = this.reader.read();
		}
		assertThat(frame.header("code")).isEqualTo("bad_frame");
		this.reader.expectClose(4500, "bad_frame");
		// What the kernel had taken before.
		assertThat(messages).isLessThan(MESSAGES / 2);
	}

	@Test
	void queueWhenTheTokenEndsAfterDisconnectThenNothingButTheCloseLeaves() {
		endAndExpire("DISCONNECT");
		int messages = 0;
		RawWebSocket.Frame frame = this.reader.readMessage();
		while (frame.opcode() != RawWebSocket.CLOSE) {
			messages++;
			frame = this.reader.readMessage();
		}
		assertThat(frame.closeStatus()).isEqualTo(1000);
		assertThat(messages).isLessThan(MESSAGES / 2);
	}

}
