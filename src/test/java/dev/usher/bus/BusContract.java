package dev.usher.bus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;
import dev.usher.testing.Await;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What every bus does, whether there are other nodes or not. */
public abstract class BusContract {

	protected static final BusChannel ALICE = BusChannel.user("alice");

	protected abstract Bus bus();

	/** What this bus answers while all is well. */
	protected abstract Reach reach();

	@Test
	void announceWhenThereIsAListenerThenItsAnswerIsReturnedOnTheCallersThread() {
		List<Thread> threads = new ArrayList<>();
		bus().listen((message) -> {
			threads.add(Thread.currentThread());
			return 7;
		});
		assertThat(bus().announce(message("1"))).isEqualTo(7);
		assertThat(threads).containsExactly(Thread.currentThread());
	}

	@Test
	void isHeardWhenAskedThenTheListenerAnswers() {
		Destination heard = Destination.forPublish("/topic/heard");
		assertThat(bus().isHeard(heard)).isFalse();
		bus().listen(Buses.hearing(heard));
		assertThat(bus().isHeard(heard)).isTrue();
		assertThat(bus().isHeard(Destination.forPublish("/topic/other"))).isFalse();
	}

	@Test
	void togetherWhenTheListenerSaysNothingOfItThenTheWorkRuns() {
		List<String> seen = new ArrayList<>();
		Bus.Listener listener = (message) -> seen.add(message.id()) ? 1 : 0;
		listener.together(() -> listener.onMessage(message("1")));
		assertThat(seen).containsExactly("1");
	}

	@Test
	void sendWhenAllIsWellThenItSaysHowFarItWent() {
		Await.within(20, () -> bus().send(ALICE, EntryKind.HINT, new byte[] { 1 }).join() == reach());
	}

	@Test
	void confirmedWhenTheChannelIsWantedThenItSaysFromHowFar() {
		bus().want(ALICE);
		Await.within(20, () -> bus().confirmed(ALICE).join() == reach());
		bus().unwant(ALICE);
	}

	@Test
	void confirmedWhenNobodyWantsTheChannelThenItIsThisNodeAlone() throws Exception {
		assertThat(bus().confirmed(BusChannel.topic("unwanted")).get(10, TimeUnit.SECONDS)).isEqualTo(Reach.NODE);
	}

	@Test
	void reachesOthersWhenAskedThenIsWhetherAReachOfTheClusterIsPossible() {
		assertThat(bus().reachesOthers()).isEqualTo(reach() == Reach.CLUSTER);
	}

	@Test
	void receiveWhenThisNodeSendsToItselfThenNothingComesBack() throws Exception {
		List<String> seen = Collections.synchronizedList(new ArrayList<>());
		bus().receive(EntryKind.KICK, (channel, origin, entry) -> seen.add(channel.name()));
		bus().want(ALICE);
		bus().confirmed(ALICE).get(10, TimeUnit.SECONDS);
		for (int i = 0; i < 10; i++) {
			bus().send(ALICE, EntryKind.KICK, new byte[] { 1 }).get(10, TimeUnit.SECONDS);
		}
		bus().unwant(ALICE);
		assertThat(seen).isEmpty();
	}

	protected static Message message(String id) {
		return new Message(id, Destination.forPublish("/topic/news"), null, Map.of(), new byte[0]);
	}

}
