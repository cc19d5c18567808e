package dev.usher.testing;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Whoever waits with Awaitility and names no limit waits as long as {@link Await} does:
 * its own ten seconds are over soon on a busy machine.
 */
public final class PatientAwaitility implements LauncherSessionListener {

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
	}

}
