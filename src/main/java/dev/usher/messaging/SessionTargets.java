package dev.usher.messaging;

import dev.usher.protocol.Destination;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.user.SimpUser;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.messaging.support.MessageBuilder;

/**
 * Sends what is meant for one session of a user to that session alone, as Spring does: a
 * message to a user with the id of one of their sessions, or to the id in the place of
 * the name. It is live whatever the destination says, because a log belongs to all
 * devices of a user.
 */
final class SessionTargets {

	private final SimpUserRegistry users;

	private final MessageChannel outbound;

	SessionTargets(SimpUserRegistry users, MessageChannel outbound) {
		this.users = users;
		this.outbound = outbound;
	}

	/**
	 * Sends a message if it is for one session.
	 * @return whether it was
	 */
	boolean send(Message<?> message, String to) {
		String session = SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
		if (session == null) {
			return false;
		}
		Destination destination = Destination.forPublish(to);
		String owner = destination.owner();
		if (owner == null || !(owner.equals(session) || isOf(owner, session))) {
			return false;
		}
		SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.create(SimpMessageType.MESSAGE);
		headers.copyHeadersIfAbsent(message.getHeaders());
		headers.setDestination(destination.asSubscribed());
		headers.setSubscriptionId(null);
		this.outbound.send(MessageBuilder.createMessage(message.getPayload(), headers.getMessageHeaders()));
		return true;
	}

	private boolean isOf(String owner, String session) {
		SimpUser user = this.users.getUser(owner);
		return user != null && user.getSession(session) != null;
	}

}
