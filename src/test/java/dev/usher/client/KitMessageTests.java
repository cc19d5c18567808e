package dev.usher.client;

import org.junit.jupiter.api.Test;

/**
 * What is subscribed and published, over connections that come and go. What happens
 * stands in {@code scenarios-messages.js}, in a function of the same name.
 */
class KitMessageTests extends KitScenarios {

	KitMessageTests() {
		super("scenarios-messages.js");
	}

	@Test
	void subscribeWhenNotConnectedThenNothingIsLost() {
		run();
	}

	@Test
	void subscribeWhenToldOfTheConnectionThenIsSubscribedOnceOnEach() {
		run();
	}

	@Test
	void subscribeWhenRefusedThenOnlyItFails() {
		run();
	}

	@Test
	void subscribeWhenANewerTokenAllowsLessThenOnlyThatFails() {
		run();
	}

	@Test
	void refusalsWhenManyInAMinuteThenBackOff() {
		run();
	}

	@Test
	void publishWhenRefusedThenOnlyItFails() {
		run();
	}

	@Test
	void publishWhenStorageIsAwayThenIsTriedAgainUntilItIsBack() {
		run();
	}

	@Test
	void publishWhenItIsNoDestinationThenNothingIsSent() {
		run();
	}

	@Test
	void publishWhenBodiesDifferThenEachHasItsType() {
		run();
	}

	@Test
	void publishWhenTheGatewayReadsNoHeaderBehindABadOneThenOnlyItFails() {
		run();
	}

	@Test
	void publishWhenAHeaderCannotBeSentThenOnlyItFailsAndNothingIsSent() {
		run();
	}

	@Test
	void publishWhenHeadersAreTheKitsOwnThenTheyDoNotCount() {
		run();
	}

	@Test
	void publishWhenManyThenAWindowOfThemIsUnderWay() {
		run();
	}

	@Test
	void publishWhenManyThenStaysBelowTheRateOfTheGateway() {
		run();
	}

	@Test
	void queueWhenFullThenRejects() {
		run();
	}

	@Test
	void queueWhenNoConnectionComesForAMinuteThenRejects() {
		run();
	}

	@Test
	void queueWhenAbortedThenIsNotSent() {
		run();
	}

	@Test
	void reconnectWhenDoneThenSubscribesBeforeItSendsAndWhatWasUnconfirmedFirst() {
		run();
	}

	@Test
	void receiptWhenItNeverComesThenTheConnectionIsGivenUp() {
		run();
	}

	@Test
	void storedWhenConnectionIsLostThenResumesBehindTheLastAndDropsRepeats() {
		run();
	}

	@Test
	void storedWhenHandlersAreSlowThenOneMessageIsHandledAtATime() {
		run();
	}

	@Test
	void storedWhenSomethingIsGoneThenThereIsAGap() {
		run();
	}

	@Test
	void liveWhenConnectionWasLostThenThereIsAGap() {
		run();
	}

	@Test
	void durableWhenHandlerThrowsThenTheMessageComesAgain() {
		run();
	}

	@Test
	void durableWhenAHandledMessageComesAgainThenItsAckCoversNoneThatIsNotHandled() {
		run();
	}

	@Test
	void durableWhenAcksAreLostThenNoMessageIsShownTwice() {
		run();
	}

	@Test
	void durableWhenAHandledMessageIsRefusedWithALaterOneThenItIsNotShownAgain() {
		run();
	}

	@Test
	void durableWhenApplicationAcknowledgesThenItMayTakeItsTime() {
		run();
	}

	@Test
	void durableWhenForgottenThenSaysSo() {
		run();
	}

	@Test
	void workWhenSeveralTakeItThenEachMessageIsHandledOnce() {
		run();
	}

	@Test
	void iteratorWhenUsedThenAMessageIsHandledWhenTheNextIsAskedFor() {
		run();
	}

	@Test
	void handlerWhenItThrowsThenTheNextMessageComes() {
		run();
	}

	@Test
	void snapshotWhenNothingChangedThenIsTheSame() {
		run();
	}

	@Test
	void cutsWhenAThousandThenNothingIsLostRepeatedOrReordered() {
		run();
	}

}
