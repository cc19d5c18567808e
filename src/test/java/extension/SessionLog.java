package extension;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

import org.springframework.context.event.EventListener;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;

/** Listens to the events of sessions and keeps each user's apart. */
public class SessionLog {

	private final Map<String, BlockingQueue<String>> events = new ConcurrentHashMap<>();

	@EventListener
	public void on(AbstractSubProtocolEvent event) {
		StompHeaderAccessor headers = StompHeaderAccessor.wrap(event.getMessage());
		String name = (event.getUser() != null) ? event.getUser().getName() : "";
		String what = event.getClass().getSimpleName() + " " + headers.getDestination() + " "
				+ headers.getSubscriptionId() + " " + headers.getSessionAttributes();
		if (event instanceof SessionDisconnectEvent disconnect) {
			what += " " + disconnect.getCloseStatus().getCode();
		}
		if (headers.getHeader(SimpMessageHeaderAccessor.CONNECT_MESSAGE_HEADER) != null) {
			what += " with its CONNECT";
		}
		of(name).add(what + " " + Thread.currentThread().getName().startsWith("usher-session-events"));
	}

	public BlockingQueue<String> of(String user) {
		return this.events.computeIfAbsent(user, (name) -> new LinkedBlockingQueue<>());
	}

}
