package dev.usher.client;

import org.junit.jupiter.api.Test;

/**
 * What is acknowledged, kept and called missing when connections end. What happens stands
 * in {@code scenarios-outages.js}, in a function of the same name.
 */
class KitOutageTests extends KitScenarios {

	KitOutageTests() {
		super("scenarios-outages.js");
	}

	@Test
	void durableWhenHandlerThrowsAfterACutThenTheMessageComesAgain() {
		run();
	}

	@Test
	void durableWhenEndedThenWhatWasHandledIsAcknowledged() {
		run();
	}

	@Test
	void durableWhenHandlersAreFastThenTheirAcksArePaced() {
		run();
	}

	@Test
	void durableWhenEachOfABacklogIsAcknowledgedThenTheGatewayIsNotOverloaded() {
		run();
	}

	@Test
	void durableWhenEndedWhileAcksWaitThenTheyAreSaidFirst() {
		run();
	}

	@Test
	void inboxWhenReadOnWhileAcksWaitThenIsSubscribedAfterItsEnd() {
		run();
	}

	@Test
	void hiddenWhenAcksWaitThenWhatArrivesLetsThemGo() {
		run();
	}

	@Test
	void durableWhenOneIsInFlightThenItsAckDoesNotWait() {
		run();
	}

	@Test
	void gapWhenTheMachineSleptThenBeginsWhenTheConnectionWasHeardLast() {
		run();
	}

	@Test
	void liveWhenNobodyTakesTheMessagesThenTheyAreDroppedWithAGap() {
		run();
	}

	@Test
	void inboxWhenNobodyTakesTheMessagesThenNoneIsLostNorKeptWithoutBound() {
		run();
	}

	@Test
	void inboxWhenTooSlowForWhatIsKeptThenIsToldWhatIsGone() {
		run();
	}

	@Test
	void offsetsWhenTheyMayJumpThenThereIsNoGap() {
		run();
	}

	@Test
	void inboxWhenSomethingIsGoneAtItsReturnThenIsToldOnce() {
		run();
	}

	@Test
	void unsubscribeWhenTheConnectionIsLostThenDoesNotFail() {
		run();
	}

	@Test
	void workWhenOthersTakeWhatWasLostThenOnlySoMuchIsRemembered() {
		run();
	}

	@Test
	void autoAckWhenThereIsNothingToAcknowledgeThenIsNothing() {
		run();
	}

	@Test
	void headersWhenTheyNeedEscapingThenComeAsTheyWere() {
		run();
	}

	@Test
	void queueWhenConnectedThenNothingExpires() {
		run();
	}

	@Test
	void publishWhenAHeaderIsNoTextThenOnlyItFails() {
		run();
	}

	@Test
	void publishWhenTheBytesAreChangedAfterwardsThenTheFirstAreSent() {
		run();
	}

	@Test
	void signalsWhenDoneThenNobodyListensAnyMore() {
		run();
	}

}
