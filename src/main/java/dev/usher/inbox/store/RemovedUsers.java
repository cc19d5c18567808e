package dev.usher.inbox.store;

import dev.usher.inbox.Inbox;
import dev.usher.protocol.UserRemoved;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Removes what is stored for a user who is gone. In the transaction that removes the
 * user: where either fails, both are as before.
 */
@Component
class RemovedUsers {

	private static final Logger logger = LoggerFactory.getLogger(RemovedUsers.class);

	private final Inbox inbox;

	RemovedUsers(Inbox inbox) {
		this.inbox = inbox;
	}

	@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
	void onUserRemoved(UserRemoved event) {
		this.inbox.removeOwnedBy(event.username()).whenComplete((done, failure) -> {
			if (failure != null) {
				logger.warn("What is stored for {} could not be removed: {}", event.username(),
						InboxDatabase.describe(failure));
			}
		});
	}

}
