import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.usher.client.java.OutgoingMessage;
import dev.usher.client.java.PublishResult;
import dev.usher.client.java.ReceivedMessage;
import dev.usher.client.java.UsherClient;
import dev.usher.client.java.UsherConsumer;
import dev.usher.client.java.UsherException;

/**
 * A service that puts jobs into an inbox of its own and works them off:
 *
 *   java -cp target/usher-client.jar src/docs/examples/Backend.java demo-service wonderland [http://localhost:8080]
 *
 * One file, a JDK 17 and the client's jar.
 */
class Backend {

	private static final CountDownLatch jobs = new CountDownLatch(3);

	public static void main(String[] arguments) throws Exception {
		if (arguments.length < 2) {
			System.err.println("Backend.java <client id> <secret> [http://localhost:8080]");
			System.exit(2);
		}
		String gateway = (arguments.length > 2) ? arguments[2] : "http://localhost:8080";
		// One for the whole process: it keeps the token and renews it.
		try (UsherClient usher = UsherClient.at(gateway).service(arguments[0], arguments[1])) {
			UsherConsumer worker = usher.consume("/user/queue/jobs", "worker", Backend::work);
			worker.ready().get(1, TimeUnit.MINUTES);
			publish(usher, OutgoingMessage.toUser("client:" + arguments[0], "queue", "jobs"));
			jobs.await(1, TimeUnit.MINUTES);
		}
	}

	private static void publish(UsherClient usher, String inbox) throws InterruptedException {
		List<PublishResult> results = usher.publish(List.of(OutgoingMessage.json(inbox, "{\"job\": 1}"),
				OutgoingMessage.json(inbox, "{\"job\": 2}"), OutgoingMessage.json(inbox, "{\"job\": 3}")));
		for (PublishResult result : results) {
			UsherException error = result.error();
			System.out.println((error != null) ? error.getMessage() : "on disk: " + result.position().offset());
		}
	}

	/** Acknowledged when this returns; what throws comes again later. */
	private static void work(ReceivedMessage job) {
		System.out.println("done: " + job.text());
		jobs.countDown();
	}

}
