package dev.usher.client;

import org.junit.jupiter.api.Test;

/**
 * When the client kit comes back, with what, and when it does not. What happens stands in
 * {@code scenarios-connection.js}, in a function of the same name.
 */
class KitConnectionTests extends KitScenarios {

	KitConnectionTests() {
		super("scenarios-connection.js");
	}

	@Test
	void reconnectWhenToldHowLongThenWaitsThatLong() {
		run();
	}

	@Test
	void reconnectWhenNobodyAnswersThenWaitsARandomTimeThatDoubles() {
		run();
	}

	@Test
	void reconnectWhenConnectedForHalfAMinuteThenTheFirstWaitIsShortAgain() {
		run();
	}

	@Test
	void crowdWhenLostAtOnceThenComesBackSpreadOut() {
		run();
	}

	@Test
	void crowdWhenToldHowLongThenNobodyComesBefore() {
		run();
	}

	@Test
	void refreshWhenAskedForThenRefreshesOnceAndReconnectsAtOnce() {
		run();
	}

	@Test
	void refreshWhenRefusedAgainAndAgainThenBacksOff() {
		run();
	}

	@Test
	void loginWhenAskedForThenIsSignedOutAndComesBackWithALogin() {
		run();
	}

	@Test
	void tokenWhenRefusedThenIsAskedForOnceMore() {
		run();
	}

	@Test
	void tokenWhenItsFunctionFailsThenIsAskedAgainLater() {
		run();
	}

	@Test
	void tokenWhenSeveralWantItThenIsAskedForOnce() {
		run();
	}

	@Test
	void connectWhenRefusedForGoodThenStaysSoUntilAskedAgain() {
		run();
	}

	@Test
	void connectWhenThereIsNoWebSocketThenSaysWhatHelps() {
		run();
	}

	@Test
	void connectWhenTheSocketCannotBeMadeThenIsTriedAgain() {
		run();
	}

	@Test
	void connectWhenGatewayIsSilentThenGivesUpAfterTenSeconds() {
		run();
	}

	@Test
	void connectWhenAbortedThenRejectsAndStops() {
		run();
	}

	@Test
	void offlineWhenBrowserSaysSoThenWaitsForTheNetwork() {
		run();
	}

	@Test
	void hiddenTabWhenTenMinutesPassThenNothingEnds() {
		run();
	}

	@Test
	void hiddenTabWhenMessagesFlowThenItAnswersThemToo() {
		run();
	}

	@Test
	void hiddenTabWhenItsTokenEndsThenRenewsWithoutATimer() {
		run();
	}

	@Test
	void wakingWhenConnectionIsDeadThenReconnectsAfterThreeSeconds() {
		run();
	}

	@Test
	void wakingWhenConnectionIsAliveThenStays() {
		run();
	}

	@Test
	void renewalsWhenTokensAreShortThenNoMessageIsLost() {
		run();
	}

	@Test
	void renewalWhenRefreshFailsThenIsTriedAgainBeforeTheEnd() {
		run();
	}

	@Test
	void renewalWhenTokensLiveForAYearThenNoTimerOverflows() {
		run();
	}

	@Test
	void disconnectWhenMessagesWaitThenTheyGoFirst() {
		run();
	}

	@Test
	void disconnectWhenGatewayIsSilentThenEndsAfterFiveSeconds() {
		run();
	}

	@Test
	void disconnectWhenTakenBackInTheSameTaskThenNothingHappens() {
		run();
	}

	@Test
	void disconnectWhenConnectFollowsLaterThenConnectsAnew() {
		run();
	}

	@Test
	void connectsWhenTenThousandThenNothingGrows() {
		run();
	}

	@Test
	void closeWhenCalledThenNothingIsLeft() {
		run();
	}

	@Test
	void connectWhenTheSocketThrowsErrorsNobodyListensToThenSurvives() {
		run();
	}

	@Test
	void connectWhenAbortedAfterwardsThenStays() {
		run();
	}

	@Test
	void stateWhenSomethingElseChangesThenIsNotTold() {
		run();
	}

	@Test
	void disconnectWhenTakenBackWhileNobodyIsConnectedThenIsTriedAgain() {
		run();
	}

	@Test
	void disconnectWhenCalledTwiceThenTheConnectBetweenIsRejected() {
		run();
	}

	@Test
	void wakingWhenLeavingThenNothingBreaks() {
		run();
	}

	@Test
	void logWhenItThrowsThenTheConnectionStands() {
		run();
	}

	@Test
	void connectWhenTheSocketCannotBeMadeThenSaysThatAndNothingOfCredentials() {
		run();
	}

}
