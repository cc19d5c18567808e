package dev.usher.thread;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process after an error that leaves the JVM in a state nobody can vouch for: an
 * {@link OutOfMemoryError} or another {@link VirtualMachineError}. Whichever thread it
 * hit has stopped halfway, so a node that went on would hang in some part; a supervisor
 * starts a new one in seconds. A {@link StackOverflowError} does not count: its stack is
 * gone with the call that filled it.
 * <p>
 * Whoever catches a {@code Throwable} asks {@link #endIfFatal} first. Any thread may.
 */
public final class FatalErrors {

	/** The exit status, the same as of {@code -XX:+ExitOnOutOfMemoryError}. */
	public static final int STATUS = 3;

	/** Wrappers come in twos and threes; a chain of causes may be a circle. */
	private static final int DEEPEST_CAUSE = 30;

	/** How long the last line may take: nobody may be reading the standard error. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

	private static final Logger logger = LoggerFactory.getLogger(FatalErrors.class);

	/** Made beforehand, as all that is needed to end: then there is no memory for it. */
	private static final byte[] LAST_LINE = ("Usher is out of memory or its JVM has failed. The process ends with status "
			+ STATUS + ", so that a supervisor starts it again.\n")
		.getBytes(StandardCharsets.US_ASCII);

	private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

	private static final Thread speaker = new Thread(FatalErrors::awaitEnd, "usher-last-line");

	private static volatile @Nullable Throwable fatal;

	static {
		speaker.setDaemon(true);
		speaker.start();
	}

	private FatalErrors() {
	}

	/**
	 * Ends the process where any thread dies of a fatal error, and logs what else any
	 * thread dies of. For the process as a whole: called once, by whoever starts it.
	 */
	public static void install() {
		Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
			endIfFatal(failure);
			logger.error("Thread {} ended by a failure nobody expected", thread.getName(), failure);
		});
	}

	/** Ends the process if this is a fatal error, or was caused by one. */
	public static void endIfFatal(@Nullable Throwable failure) {
		if (isFatal(failure)) {
			end(failure);
		}
	}

	/** Work whose fatal errors end the process even if a future takes them in. */
	public static <T extends @Nullable Object> Supplier<T> watched(Supplier<T> work) {
		return () -> {
			try {
				return work.get();
			}
			catch (Throwable ex) {
				endIfFatal(ex);
				throw ex;
			}
		};
	}

	static boolean isFatal(@Nullable Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; i < DEEPEST_CAUSE && cause != null; i++) {
			if (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError)) {
				return true;
			}
			cause = cause.getCause();
		}
		return false;
	}

	/** Writes the last line and halts the process; the caller never returns. */
	static void end(@Nullable Throwable failure) {
		fatal = (failure != null) ? failure : new OutOfMemoryError();
		LockSupport.unpark(speaker);
		long deadline = System.nanoTime() + PATIENCE;
		while (System.nanoTime() - deadline < 0) {
			LockSupport.parkNanos(PATIENCE);
		}
		Runtime.getRuntime().halt(STATUS);
	}

	/**
	 * Writes the last line on a thread of its own, so that an end of the process that
	 * nobody reads is not held up by it.
	 */
	private static void awaitEnd() {
		Throwable failure = fatal;
		while (failure == null) {
			LockSupport.park();
			failure = fatal;
		}
		try {
			ERR.write(LAST_LINE);
			// Only if there is memory left for it.
			ERR.write((rootCause(failure) + "\n").getBytes(StandardCharsets.UTF_8));
		}
		catch (Throwable ex) {
			// It ends all the same.
		}
		finally {
			Runtime.getRuntime().halt(STATUS);
		}
	}

	private static Throwable rootCause(Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; i < DEEPEST_CAUSE && cause.getCause() != null; i++) {
			cause = cause.getCause();
		}
		return cause;
	}

}
