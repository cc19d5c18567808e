package dev.usher.client;

import org.junit.jupiter.api.Test;

/**
 * One login for all tabs, and one refresh. What happens stands in
 * {@code scenarios-login.js}, in a function of the same name.
 */
class KitLoginTests extends KitScenarios {

	KitLoginTests() {
		super("scenarios-login.js");
	}

	@Test
	void loginWhenWrongThenSaysSo() {
		run();
	}

	@Test
	void loginWhenMadeAfterConnectThenConnects() {
		run();
	}

	@Test
	void loginWhenMadeInOneTabThenTheOthersHaveItToo() {
		run();
	}

	@Test
	void loginWhenItEndsInOneTabThenItEndsInAll() {
		run();
	}

	@Test
	void logoutWhenTheConnectionHearsOfItFirstThenIsToldOnce() {
		run();
	}

	@Test
	void loginWhenOfAnotherUserThenNothingOfTheFirstIsSentAsThem() {
		run();
	}

	@Test
	void refreshWhenAnswerIsLostThenTheSameNextIsTriedAgain() {
		run();
	}

	@Test
	void refreshWhenSeveralTabsNeedItThenOneDoesIt() {
		run();
	}

	@Test
	void refreshWhenAllTabsAreHiddenThenNobodyIsCutOff() {
		run();
	}

	@Test
	void refreshWhenAnswersAreLostAndTabsDieThenNobodyIsLoggedOut() {
		run();
	}

	@Test
	void lockWhenAFrozenTabHoldsItThenIsWaitedForTenSeconds() {
		run();
	}

	@Test
	void storeWhenPageIsLoadedAnewThenTheLoginIsThere() {
		run();
	}

	@Test
	void storeWhenPageDiesWhileRefreshingThenTheNextOneGoesOn() {
		run();
	}

	@Test
	void storeWhenItHoldsNonsenseThenNobodyIsLoggedIn() {
		run();
	}

	@Test
	void fetchWhenTokenHasEndedThenRefreshesOnce() {
		run();
	}

	@Test
	void fetchWhenUrlIsAnotherOriginThenNoTokenGoesThere() {
		run();
	}

	@Test
	void fetchWhenGatewayIsAwayThenSaysSo() {
		run();
	}

	@Test
	void cookieWhenUsedThenNoTokenIsKeptAndRenewalsUseTickets() {
		run();
	}

	@Test
	void ticketWhenUsedThenEachConnectHasANewOne() {
		run();
	}

	@Test
	void logWhenReadThenHasNoCredential() {
		run();
	}

	@Test
	void storeWhenEachTabHasItsOwnThenKeepsWhatOtherTabsGot() {
		run();
	}

	@Test
	void storeWhenItIsOlderThanWhatOtherTabsHaveThenTheyAreAsked() {
		run();
	}

	@Test
	void storeWhenTwoProcessesShareItThenEachTakesWhatTheOtherGot() {
		run();
	}

	@Test
	void storeWhenAnotherLoginIsInItThenThatIsKept() {
		run();
	}

	@Test
	void refreshWhenAProxyAnswersThenIsTriedAgain() {
		run();
	}

	@Test
	void loginWhenMeFailsThenStillConnects() {
		run();
	}

	@Test
	void callWhenItIsNeverAnsweredThenEnds() {
		run();
	}

	@Test
	void loginWhenOfAnotherUserThenWhatTheyPublishIsSent() {
		run();
	}

	@Test
	void loginWhenAnotherUserWasNeverConnectedThenNothingOfThemIsSent() {
		run();
	}

	@Test
	void closeWhenTheLoginEndsAfterwardsThenNothingIsThrown() {
		run();
	}

}
