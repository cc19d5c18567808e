package org.example.tenant;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.scheduling.annotation.Scheduled;

/** Says every second what time it is. The template speaks for the server itself. */
class TimePublisher {

	private final SimpMessagingTemplate messages;

	TimePublisher(SimpMessagingTemplate messages) {
		this.messages = messages;
	}

	@Scheduled(fixedRate = 1, timeUnit = TimeUnit.SECONDS)
	void publish() {
		this.messages.convertAndSend("/topic/time", Instant.now().toString());
	}

}
