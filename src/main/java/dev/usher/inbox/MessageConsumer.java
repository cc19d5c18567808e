package dev.usher.inbox;

import java.util.List;

/**
 * Takes the messages of one subscription. Called on the inbox's own few threads with no
 * lock held, one call at a time for each subscription; must not block, or it delays
 * everyone.
 */
public interface MessageConsumer {

	/**
	 * Takes messages, in order, no more of them than were asked for. What this throws is
	 * logged, and the subscription is closed.
	 * @param messages all there are for it at this moment
	 * @return how many of them it took, from the first; the others come again when it has
	 * asked for more, as if they had not been handed out
	 */
	int onMessages(List<Handout> messages);

	/**
	 * Says that nothing more will come, because the log or the reader was removed. Not
	 * called after {@link ReaderSubscription#close(boolean)}.
	 */
	void onEnded();

}
