package org.example.tenant;

import java.security.Principal;
import java.util.Map;

import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.stereotype.Controller;

/** Answers its caller: SEND to /app/greet, and the answer is on /user/topic/greetings. */
@Controller
class GreetingController {

	private final SessionCounter sessions;

	GreetingController(SessionCounter sessions) {
		this.sessions = sessions;
	}

	@MessageMapping("/greet")
	@SendToUser(destinations = "/topic/greetings", broadcast = false)
	String greet(String greeting, Principal user, SimpMessageHeaderAccessor headers) {
		Map<String, Object> attributes = headers.getSessionAttributes();
		Object tenant = (attributes != null) ? attributes.get(TenantInterceptor.TENANT) : null;
		return greeting + ", " + user.getName() + " of " + tenant + ". Sessions: " + this.sessions.count();
	}

}
