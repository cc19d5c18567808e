package dev.usher.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * What the threads of this process are doing, for the message of a test that waited in
 * vain.
 */
public final class ThreadDump {

	private ThreadDump() {
	}

	/** All threads that are in code of ours, and which of them wait for each other. */
	public static String ofOurs() {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		long[] deadlocked = threads.findDeadlockedThreads();
		StringBuilder dump = new StringBuilder((deadlocked != null)
				? deadlocked.length + " threads wait for each other for ever\n" : "No deadlock of threads\n");
		for (ThreadInfo thread : threads.dumpAllThreads(true, true)) {
			boolean ours = Arrays.stream(thread.getStackTrace())
				.anyMatch((element) -> element.getClassName().startsWith("dev.usher"));
			if (ours) {
				append(dump, thread);
			}
		}
		return dump.toString();
	}

	/** {@link ThreadInfo#toString()} shows eight elements of the stack and no more. */
	private static void append(StringBuilder dump, ThreadInfo thread) {
		dump.append('"').append(thread.getThreadName()).append("\" ").append(thread.getThreadState());
		if (thread.getLockName() != null) {
			dump.append(" for ").append(thread.getLockName()).append(" of ").append(thread.getLockOwnerName());
		}
		dump.append('\n');
		for (int i = 0; i < thread.getStackTrace().length; i++) {
			dump.append("\tat ").append(thread.getStackTrace()[i]).append('\n');
			for (MonitorInfo monitor : thread.getLockedMonitors()) {
				if (monitor.getLockedStackDepth() == i) {
					dump.append("\t- holds ").append(monitor).append('\n');
				}
			}
		}
	}

}
