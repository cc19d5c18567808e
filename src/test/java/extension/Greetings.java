package extension;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.stereotype.Controller;

/** Methods of an extension, one for each thing a test wants to see. */
@Controller
public class Greetings {

	public final List<String> order = new CopyOnWriteArrayList<>();

	/** Those who sleep have come. */
	public final Semaphore asleep = new Semaphore(0);

	/** Lets them go on. */
	public final CountDownLatch awake = new CountDownLatch(1);

	public final CompletableFuture<String> later = new CompletableFuture<>();

	public final CompletableFuture<String> never = new CompletableFuture<>();

	private final Visits visits;

	public Greetings(Visits visits) {
		this.visits = visits;
	}

	@MessageMapping("/greet/{name}")
	@SendToUser("/topic/greetings")
	public Greeting greet(@DestinationVariable String name, @Payload Greeting greeting, Principal user,
			SimpMessageHeaderAccessor headers, @Header(name = "extra", required = false) @Nullable String extra) {
		Map<String, Object> attributes = headers.getSessionAttributes();
		Object tenant = (attributes != null) ? attributes.get("tenant") : null;
		return new Greeting(greeting.greetingText() + " " + name + " from " + user.getName() + " of " + tenant + " "
				+ user.getClass().getSimpleName() + " " + extra);
	}

	@MessageMapping("/all")
	@SendTo("/topic/all")
	public String all(@Payload String text, @Header("mood") String mood) {
		return text + " " + mood;
	}

	@MessageMapping("/alone")
	@SendToUser(value = "/queue/alone", broadcast = false)
	public String alone(@Payload String text) {
		return "alone " + text;
	}

	@MessageMapping("/count")
	@SendToUser("/topic/count")
	public String count() {
		return Integer.toString(this.visits.next());
	}

	@MessageMapping("/order")
	public void order(@Payload String text) {
		this.order.add(text);
	}

	@MessageMapping("/sleep")
	public void sleep() throws InterruptedException {
		this.asleep.release();
		this.awake.await();
	}

	@MessageMapping("/later")
	@SendToUser("/topic/later")
	public CompletableFuture<String> later() {
		return this.later;
	}

	@MessageMapping("/never")
	public CompletableFuture<String> never() {
		return this.never;
	}

	@MessageMapping("/fail")
	public void fail() {
		throw new IllegalStateException("inner detail of the method");
	}

	@MessageMapping("/handled")
	public void handled() {
		throw new IllegalArgumentException("for the caller");
	}

	@MessageMapping("/admin/secret")
	@SendTo("/topic/all")
	public String secret() {
		return "secret";
	}

	@SubscribeMapping("/snapshot/{id}")
	public Greeting snapshot(@DestinationVariable String id) {
		return new Greeting("snapshot " + id);
	}

	@MessageExceptionHandler
	@SendToUser("/topic/errors")
	public String handle(IllegalArgumentException ex) {
		return "handled: " + ex.getMessage();
	}

	/**
	 * A payload that is JSON.
	 */
	public record Greeting(String greetingText) {

	}

}
