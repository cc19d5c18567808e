package org.example.tenant;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.event.EventListener;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.web.socket.messaging.SessionConnectedEvent;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;

/** Counts the sessions of this node, as the metric tenant_sessions too. */
class SessionCounter {

	private final Set<String> open = ConcurrentHashMap.newKeySet();

	SessionCounter(MeterRegistry metrics) {
		metrics.gaugeCollectionSize("tenant.sessions", List.of(), this.open);
	}

	@EventListener
	void on(SessionConnectedEvent event) {
		String session = SimpMessageHeaderAccessor.getSessionId(event.getMessage().getHeaders());
		if (session != null) {
			this.open.add(session);
		}
	}

	@EventListener
	void on(SessionDisconnectEvent event) {
		this.open.remove(event.getSessionId());
	}

	int count() {
		return this.open.size();
	}

}
