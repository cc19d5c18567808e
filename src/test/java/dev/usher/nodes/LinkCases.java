package dev.usher.nodes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TcpProxy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Links of one node to Redis or to the database that are cut or swallow everything. */
abstract class LinkCases extends ClusterCases {

	/** As many as one connection may have. */
	private static final int TOPICS = 200;

	private static final int CONNECTIONS = Scale.of(10, 500);

	private static final int CUTS = Scale.of(3, 20);

	@Test
	void channelsWhenTheLinkIsCutWhileManyAreSubscribedThenAllAreConfirmedAgain() {
		List<Listener> listeners = new ArrayList<>();
		for (int i = 0; i < CONNECTIONS; i++) {
			listeners.add(Listener.connect(this.b, ClusterNode.token("many" + i)));
			for (int topic = 0; topic < TOPICS - 1; topic++) {
				listeners.get(i)
					.send(StompFrame.of("SUBSCRIBE", "id:" + topic, "destination:/topic/many." + i + "." + topic));
			}
		}
		listeners.forEach((each) -> each.subscribe("/topic/many"));
		Await.within(60, this.b::hasAllChannels);
		double channels = this.b.metric("usher_bus_wanted_channels");
		assertThat(channels).isGreaterThan(CONNECTIONS * (TOPICS - 1));
		List<Long> nanos = new ArrayList<>();
		for (int i = 0; i < CUTS; i++) {
			nanos.add(cut(i));
		}
		Figures.print("%.0f channels confirmed again after a cut".formatted(channels), nanos);
		assertThat(this.b.metric("usher_bus_confirmed_channels")).isEqualTo(channels);
		Cluster.publish(this.a, ClusterNode.token("publisher"), "/topic/many." + (CONNECTIONS - 1) + ".7", "x");
		Await.within(30, () -> listeners.get(CONNECTIONS - 1).count() == 1);
		listeners.forEach(Listener::close);
	}

	/** Each third one is a black hole for a while, and each third half closed. */
	private long cut(int number) {
		TcpProxy link = this.b.redis();
		double gaps = this.b.metric("usher_bus_gap_total");
		switch (number % 3) {
			case 0 -> link.cut();
			case 1 -> link.closeHalf();
			default -> {
				link.hold();
				Await.within(60, () -> this.b.health().equals("DEGRADED"));
			}
		}
		long begun = System.nanoTime();
		link.mend();
		Await.within(60, () -> this.b.metric("usher_bus_gap_total") > gaps && this.b.hasAllChannels());
		return System.nanoTime() - begun;
	}

	@Test
	void nodeWhenItsLinkToRedisIsABlackHoleThenServesItsOwnAndTellsOfTheGapAfterwards() {
		String publisher = ClusterNode.token("publisher");
		try (Listener here = Listener.connect(this.c, ClusterNode.token("near"));
				Listener there = Listener.connect(this.b, ClusterNode.token("far"))) {
			here.subscribe("/topic/hole");
			there.subscribe("/topic/hole");
			here.subscribe("/user/topic/session");
			here.subscribe("/user/queue/hole");
			this.c.redis().hold();
			Await.within(60, () -> this.c.health().equals("DEGRADED"));
			assertThat(this.c.isReady()).isTrue();
			assertThat(reach(this.c, publisher, "from c")).isEqualTo("node");
			Await.within(60, () -> reach(this.a, publisher, "from a").equals("cluster"));
			Cluster.publish(this.a, publisher, "/user/near/queue/hole", "stored");
			Await.within(30, () -> bodies(here).contains("stored") && bodies(there).contains("from a"));
			assertThat(bodies(here)).containsExactlyInAnyOrder("from c", "stored");
			assertThat(bodies(there)).containsOnly("from a");
			assertThat(here.subscribe("/topic/hole.new").headers()).containsEntry("reach", "node");
			this.c.redis().mend();
			Await.within(60, () -> bodies(here).stream().anyMatch((each) -> each.contains("\"event\":\"gap\"")));
			Await.within(60, () -> this.c.health().equals("UP"));
			Await.within(60, () -> reach(this.c, publisher, "afterwards").equals("cluster"));
			Await.within(30, () -> bodies(there).contains("afterwards"));
		}
	}

	private static String reach(ClusterNode node, String token, String body) {
		Answer answer = Cluster.publish(node, token, "/topic/hole", body);
		return answer.json().path("results").path(0).path("reach").asString();
	}

	private static List<String> bodies(Listener listener) {
		return listener.messages().stream().map((arrival) -> arrival.frame().text()).toList();
	}

	@Test
	void nodeWhenItsLinkToTheDatabaseIsABlackHoleThenIsBlindAndNotReady() {
		this.cluster.account("unseen");
		Answer login = Cluster.login(this.a, "unseen", Cluster.PASSWORD);
		String publisher = ClusterNode.token("publisher");
		try (Listener onC = Listener.connect(this.c, login.text("access_token"));
				Listener guest = Listener.connect(this.c, ClusterNode.token("guest"))) {
			guest.subscribe("/topic/blind");
			this.c.database().hold();
			Await.within(60, () -> !this.c.isReady());
			assertThat(this.a.isReady() && this.b.isReady()).isTrue();
			try (StompClient refused = StompClient.open(this.c.port())) {
				assertThat(refused.sendConnect(ClusterNode.token("guest")).read().header("code"))
					.isEqualTo("overloaded");
			}
			Cluster.publish(this.a, publisher, "/topic/blind", "live");
			Await.within(30, () -> guest.count() == 1);
			Answer stored = this.c.call("POST", "/api/messages", publisher,
					Map.of("to", "/user/guest/queue/in", "body", "x"));
			assertThat(stored.code()).isEqualTo("storage_unavailable");
			assertThat(this.a.call("POST", "/auth/logout", login.text("access_token"), null).status()).isEqualTo(204);
			if (Scale.FULL) {
				assertThat(guest.awaitEnd().code()).isEqualTo("draining");
			}
			this.c.database().mend();
			Await.within(60, this.c::isReady);
			assertThat(onC.awaitEnd().code()).isIn("revoked", "draining");
		}
	}

}
