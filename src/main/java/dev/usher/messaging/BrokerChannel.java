package dev.usher.messaging;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.usher.protocol.RefusedException;
import dev.usher.publish.Publication;
import dev.usher.publish.Published;
import dev.usher.publish.Publisher;
import dev.usher.socket.ReadingThread;
import dev.usher.thread.FailureLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.support.ExecutorSubscribableChannel;

/**
 * The channel of what the server sends: whoever sends here publishes in the gateway's own
 * name. A message that cannot be published is refused on the sender's thread. One for a
 * stored destination is on its way to the disk when a send without a timeout returns, and
 * on disk when one with a timeout does.
 */
final class BrokerChannel extends ExecutorSubscribableChannel {

	private static final Logger log = LoggerFactory.getLogger(BrokerChannel.class);

	private static final FailureLog failures = new FailureLog(log,
			"A message that was sent by brokerChannel could not be stored and is lost");

	private final Publisher publisher;

	private final SessionTargets sessions;

	private final ReadingThread readingThread;

	BrokerChannel(Publisher publisher, SessionTargets sessions, ReadingThread readingThread) {
		this.publisher = publisher;
		this.sessions = sessions;
		this.readingThread = readingThread;
	}

	@Override
	public boolean sendInternal(Message<?> message, long timeout) {
		if (timeout >= 0 && this.readingThread.isCurrent()) {
			throw new MessageDeliveryException(message,
					"A send with a timeout waits for the disk, and this thread reads "
							+ "the frames of clients: send without a timeout, or from another thread");
		}
		super.sendInternal(message, timeout);
		Publication publication = BrokerMessages.publication(message);
		if (this.sessions.send(message, publication.to())) {
			return true;
		}
		CompletableFuture<Published> published = this.publisher.publish(publication).toCompletableFuture();
		if (timeout >= 0) {
			return await(message, published, timeout);
		}
		published.whenComplete((done, failure) -> {
			if (failure != null) {
				failures.note(failure);
			}
		});
		return true;
	}

	private static boolean await(Message<?> message, CompletableFuture<Published> published, long timeout) {
		try {
			published.get(timeout, TimeUnit.MILLISECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			Throwable cause = ex.getCause();
			String text = (cause instanceof RefusedException refused) ? refused.text()
					: "The message was not published";
			throw new MessageDeliveryException(message, text, cause);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
