package dev.usher.client;

import java.lang.reflect.Method;
import java.util.Arrays;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Logins that are worth nothing without their key, and passkeys. What happens stands in
 * {@code scenarios-keys.js}, in a function of the same name.
 */
class KitKeyTests {

	private static final String FILE = "scenarios-keys.js";

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
