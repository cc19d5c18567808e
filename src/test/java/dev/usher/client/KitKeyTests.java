package dev.usher.client;

import org.junit.jupiter.api.Test;

/**
 * Logins that are worth nothing without their key, and passkeys. What happens stands in
 * {@code scenarios-keys.js}, in a function of the same name.
 */
class KitKeyTests extends KitScenarios {

	KitKeyTests() {
		super("scenarios-keys.js");
	}

	@Test
	void keysWhenLoggedInThenEachCallAndConnectIsProven() {
		run();
	}

	@Test
	void nonceWhenUnknownOrOldThenComesBackAtOnceAndQuietly() {
		run();
	}

	@Test
	void nonceWhenAskedForAgainAndAgainThenBacksOff() {
		run();
	}

	@Test
	void keysWhenSeveralTabsBeginAtOnceThenTheyShareOne() {
		run();
	}

	@Test
	void keysWhenTabsShareALoginThenEachProvesIt() {
		run();
	}

	@Test
	void loginWhenPageIsLoadedAnewThenIsProvenByTheSameKey() {
		run();
	}

	@Test
	void loginWhenStolenFromTheStoreThenOpensNothing() {
		run();
	}

	@Test
	void loginWhenItsKeyIsGoneThenIsSignedOut() {
		run();
	}

	@Test
	void loginWhenStoredBeforeThereWereKeysThenIsNotTaken() {
		run();
	}

	@Test
	void keysWhenGivenThenProveTokensOfTheProvider() {
		run();
	}

	@Test
	void keysWhenTheCookieIsOfABoundSessionThenProveIt() {
		run();
	}

	@Test
	void keysWhenNoneCanBeMadeThenSaysWhatIsNeeded() {
		run();
	}

	@Test
	void logWhenThereAreKeysThenHasNoProof() {
		run();
	}

	@Test
	void passkeyWhenShownThenLogsIn() {
		run();
	}

	@Test
	void passkeyWhenRegisteredThenIsListedAndRemoved() {
		run();
	}

	@Test
	void passkeyWhenThereAreNoneThenSaysSo() {
		run();
	}

}
