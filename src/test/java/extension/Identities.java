package extension;

import java.security.Principal;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.annotation.CurrentSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.stereotype.Controller;

/** Methods that ask who calls, in each way that Spring Security has. */
@Controller
@MessageMapping("/identity")
public class Identities {

	static final String ANSWERS = "/topic/identity";

	@MessageMapping("/principal")
	@SendToUser(ANSWERS)
	public String principal(@AuthenticationPrincipal Object who) {
		return who.getClass().getSimpleName() + " " + who;
	}

	@MessageMapping("/of-type")
	@SendToUser(ANSWERS)
	public String ofType(@AuthenticationPrincipal Principal who, @Payload String body) {
		return who.getClass().getSimpleName() + " " + who.getName() + " says " + body;
	}

	@MessageMapping("/name")
	@SendToUser(ANSWERS)
	public String name(@AuthenticationPrincipal(expression = "name") String who) {
		return who;
	}

	@MessageMapping("/variable")
	@SendToUser(ANSWERS)
	public String variable(@AuthenticationPrincipal(expression = "#this.name.length()") int length) {
		return String.valueOf(length);
	}

	@MessageMapping("/me")
	@SendToUser(ANSWERS)
	public String me(@Me String who) {
		return who;
	}

	@MessageMapping("/text")
	@SendToUser(ANSWERS)
	public String text(@AuthenticationPrincipal @Nullable String who) {
		return "text " + who;
	}

	@MessageMapping("/strict")
	public void strict(@AuthenticationPrincipal(errorOnInvalidType = true) String who) {
	}

	@MessageMapping("/authentication")
	@SendToUser(ANSWERS)
	public String authentication(Authentication who) {
		return who.getName() + " " + who.getAuthorities() + " " + who.isAuthenticated();
	}

	@MessageMapping("/optional")
	@SendToUser(ANSWERS)
	public String optional(Optional<Authentication> who) {
		return who.map(Authentication::getName).orElse("nobody");
	}

	@MessageMapping("/token")
	@SendToUser(ANSWERS)
	public String token(UsernamePasswordAuthenticationToken who) {
		return who.getName();
	}

	@MessageMapping("/context")
	@SendToUser(ANSWERS)
	public String context(@CurrentSecurityContext(expression = "authentication.name") String who,
			@CurrentSecurityContext SecurityContext annotated, SecurityContext plain) {
		return who + " " + annotated.equals(plain);
	}

	@MessageMapping("/failing")
	public void failing() {
		throw new IllegalArgumentException("for the caller");
	}

	@MessageExceptionHandler
	@SendToUser(ANSWERS)
	public String failed(IllegalArgumentException ex, @AuthenticationPrincipal(expression = "name") String who,
			Authentication authentication, @CurrentSecurityContext(expression = "authentication.name") String current) {
		return "failed for " + who + " " + authentication.getName() + " " + current;
	}

	@SubscribeMapping("/mine")
	public String mine(@AuthenticationPrincipal(expression = "name") String who, Authentication authentication) {
		return who + " " + authentication.getName();
	}

}
