package dev.usher.socket;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.usher.access.AccessProperties;
import dev.usher.access.AccessRules;
import dev.usher.access.Caller;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.FrameDecoder;
import dev.usher.stomp.FrameLimits;
import dev.usher.stomp.Version;
import dev.usher.testing.Await;
import dev.usher.websocket.OutboundFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/** What waits while the database is away: its client decides how much that is. */
class LateReceiptsTests {

	private final UnservedGateway gateway = new UnservedGateway(Clock.systemUTC());

	private final CompletableFuture<Void> kept = new CompletableFuture<>();

	@AfterEach
	void close() {
		this.gateway.close();
	}

	private StompConnection connect() {
		return connect(new ForgetfulSocket());
	}

	private StompConnection connect(ForgetfulSocket socket) {
		AccessRules rules = new AccessRules(new AccessProperties(List.of()));
		StompConnection connection = this.gateway.open(socket);
		connection.connect(new Caller("alice", Set.of(), rules.permissions("alice", Set.of(), List.of(), List.of()),
				"test", null, null, null, Instant.now().plusSeconds(600)), Version.V1_2, new HeartBeat(0, 0, 0, 0));
		return connection;
	}

	private WeakReference<ClientFrame> acknowledge(StompConnection connection, String receipt) {
		return acknowledge(connection, receipt, this.kept);
	}

	private static WeakReference<ClientFrame> acknowledge(StompConnection connection, String receipt,
			CompletableFuture<Void> kept) {
		FrameDecoder decoder = new FrameDecoder(FrameLimits.DEFAULTS);
		decoder.version(Version.V1_2);
		String frame = "ACK\nid:0.1\n" + receipt + ("x:" + "y".repeat(4000) + "\n").repeat(15) + "\n\0";
		ClientFrame ack = decoder.next(ByteBuffer.wrap(frame.getBytes(StandardCharsets.UTF_8)));
		assertThat(LateReceipts.of(connection, ack, kept)).isSameAs(FrameHandler.LATER);
		return new WeakReference<>(ack);
	}

	@Test
	void frameWhenItsReceiptWaitsThenOnlyItsIdIsHeldAndCounted() {
		StompConnection connection = connect();
		long before = connection.outlet().holdings().bytes();
		WeakReference<ClientFrame> frame = acknowledge(connection, "receipt:" + "r".repeat(1000) + "\n");
		assertThat(connection.outlet().holdings().bytes() - before).isBetween(2000L, 4000L);
		Await.until(() -> {
			System.gc();
			return frame.refersTo(null);
		});
		this.kept.complete(null);
		assertThat(connection.outlet().holdings().bytes()).isEqualTo(before);
	}

	@Test
	void connectionWhenItIsGoneThenWhatWaitsKeepsNothingOfIt() {
		StompConnection connection = connect();
		acknowledge(connection, "receipt:r\n");
		connection.disconnect(CloseStatus.NORMAL);
		connection.pendingEffects().close();
		this.gateway.connections().closed(connection);
		WeakReference<Outlet> gone = new WeakReference<>(connection.outlet());
		connection = null;
		Await.until(() -> {
			System.gc();
			return gone.refersTo(null);
		});
		this.kept.complete(null);
	}

	@Test
	void frameWhenItsConnectionIsGoneAlreadyThenNothingOfItIsHeld() {
		StompConnection connection = connect();
		connection.pendingEffects().close();
		long before = connection.outlet().holdings().bytes();
		acknowledge(connection, "receipt:r\n");
		assertThat(connection.outlet().holdings().bytes()).isEqualTo(before);
	}

	@Test
	void receiptsWhenTheirCommitsEndOnTwoThreadsThenLeaveInTheOrderOfTheirFrames() throws InterruptedException {
		CompletableFuture<Void> next = new CompletableFuture<>();
		RacedSocket socket = new RacedSocket(new Thread(() -> next.complete(null)));
		StompConnection connection = connect(socket);
		acknowledge(connection, "receipt:r\n");
		acknowledge(connection, "receipt:rr\n", next);
		this.kept.complete(null);
		socket.other.join();
		assertThat(socket.lengths).hasSize(2).isSorted();
	}

	/** Before it takes its first frame another thread has gone as far as it can. */
	private static final class RacedSocket extends ForgetfulSocket {

		private final List<Integer> lengths = new CopyOnWriteArrayList<>();

		private final Thread other;

		private RacedSocket(Thread other) {
			this.other = other;
		}

		@Override
		public Offer offer(OutboundFrame frame) {
			if (this.other.getState() == Thread.State.NEW) {
				this.other.start();
				Await.until(() -> !this.other.isAlive() || this.other.getState() == Thread.State.BLOCKED);
			}
			this.lengths.add(frame.length());
			return super.offer(frame);
		}

	}

}
