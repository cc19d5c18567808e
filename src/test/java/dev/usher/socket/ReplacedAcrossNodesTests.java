package dev.usher.socket;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.ByteWriter;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Incarnation;
import dev.usher.bus.Reach;
import dev.usher.testing.Await;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The newest connection of a user takes the place of the oldest, on whichever node it is.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplacedAcrossNodesTests {

	private static NodePair nodes;

	private final List<StompClient> opened = new CopyOnWriteArrayList<>();

	@BeforeAll
	static void start() {
		nodes = new NodePair("usher.connect.per-user=2", "usher.connect.when-full=replace-oldest");
	}

	@AfterAll
	static void stop() {
		nodes.close();
	}

	@AfterEach
	void closeAll() {
		this.opened.forEach(StompClient::close);
	}

	private StompClient opened(StompClient client) {
		this.opened.add(client);
		return client;
	}

	@Test
	@Order(1)
	void oldestWhenItIsOnTheOtherNodeThenIsToldThatItIsReplaced() {
		StompClient first = opened(nodes.one.connect("ann"));
		StompClient second = opened(nodes.other.connect("ann"));
		StompClient third = opened(nodes.other.connect("ann"));
		first.expectError("replaced", 4505);
		StompClient fourth = opened(nodes.one.connect("ann"));
		second.expectError("replaced", 4505);
		third.expectNothing();
		fourth.expectNothing();
		Await.until(() -> nodes.rows("ann") == 2);
	}

	@Test
	@Order(2)
	void kickWhenItIsForgedOrNamesNobodyHereThenIsIgnored() {
		StompClient ann = opened(nodes.one.connect("alice"));
		String id = nodes.one.bean(Connections.class).connectedOf("alice").get(0).id();
		BusChannel channel = BusChannel.node(nodes.one.bean(Incarnation.class).value());
		Await.until(() -> nodes.one.bean(Bus.class).confirmed(channel).join() == Reach.CLUSTER);
		// Whoever can publish on that Redis, without the key.
		byte[] forged = kick(id, "alice");
		assertThat(nodes.redis.command("PUBLISH".getBytes(), ("usher:" + channel.name()).getBytes(), forged))
			.isEqualTo("1");
		send(channel, kick("00000000-0000-0000-0000-000000000000", "alice"));
		send(channel, kick(id, "bob"));
		send(channel, new byte[] { 5 });
		send(channel, new byte[0]);
		send(BusChannel.CONTROL, kick(id, "alice"));
		ann.expectNothing();
		StompClient sign = opened(nodes.one.connect("sign"));
		send(channel, kick(nodes.one.bean(Connections.class).connectedOf("sign").get(0).id(), "sign"));
		sign.expectError("replaced", 4505);
		ann.expectNothing();
	}

	private static byte[] kick(String id, String username) {
		return new ByteWriter(64).text(id).text(username).toBytes();
	}

	/**
	 * As the other node does, with its key; again where it took too long to be sure that
	 * it arrived.
	 */
	private static void send(BusChannel channel, byte[] entry) {
		Await.until(() -> nodes.other.bean(Bus.class).send(channel, EntryKind.KICK, entry).join() == Reach.CLUSTER);
	}

	@Test
	@Order(3)
	void oldestWhenRedisIsAwayThenIsReplacedByItsRow() {
		StompClient first = opened(nodes.one.connect("carol"));
		StompClient second = opened(nodes.other.connect("carol"));
		nodes.redis.stop();
		try {
			StompClient third = opened(nodes.other.connect("carol"));
			first.expectError("replaced", 4505);
			second.expectNothing();
			third.expectNothing();
		}
		finally {
			nodes.redis.restart();
		}
	}

	@Test
	@Order(4)
	void oldestWhenTheDatabaseIsAwayThenIsReplacedOnItsOwnNode() {
		StompClient first = opened(nodes.one.connect("dan"));
		StompClient second = opened(nodes.one.connect("dan"));
		StompClient elsewhere = opened(nodes.other.connect("dan2"));
		nodes.away();
		try {
			StompClient third = opened(nodes.one.connect("dan"));
			first.expectError("replaced", 4505);
			second.expectNothing();
			third.receipt(StompFrame.of("SEND", "destination:/topic/x").body("x"));
			elsewhere.expectNothing();
		}
		finally {
			nodes.back();
		}
	}

}
