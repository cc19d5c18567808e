package dev.usher.client;

import java.lang.reflect.Method;
import java.util.Arrays;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One login for all tabs, and one refresh. What happens stands in
 * {@code scenarios-login.js}, in a function of the same name.
 */
class KitLoginTests {

	private static final String FILE = "scenarios-login.js";

	private String scenario = "";

	@BeforeEach
	void name(TestInfo test) {
		this.scenario = test.getTestMethod().map(Method::getName).orElseThrow();
	}

	private void run() {
		KitWorld.run(FILE, this.scenario);
	}

	@Test
	void scenariosWhenListedThenEachIsATest() {
		assertThat(Arrays.stream(getClass().getDeclaredMethods()).map(Method::getName))
			.containsAll(KitWorld.names(FILE));
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

}
