package dev.usher.client.java;

/** What is the application's own, which may fail and must do no harm by that. */
interface ApplicationCall {

	void call() throws Exception;

	/** Calls it, and says whether that went well; a failure is logged. */
	static boolean run(ApplicationCall own) throws InterruptedException {
		try {
			own.call();
			return true;
		}
		catch (InterruptedException ex) {
			throw ex;
		}
		catch (Exception | AssertionError | LinkageError | StackOverflowError ex) {
			System.getLogger("dev.usher.client.java").log(System.Logger.Level.WARNING, "A handler failed.", ex);
			return false;
		}
	}

}
