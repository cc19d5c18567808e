package dev.usher.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import dev.usher.access.Caller;
import dev.usher.account.Accounts;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Log in, stay in, log out, and see where one is logged in. What is about sessions is for
 * callers that have one: a token of another issuer may carry the name of a user here, and
 * must not reach that user's sessions by it.
 */
@RestController
@RequestMapping("/auth")
class SessionController {

	private final Sessions sessions;

	private final SessionStore store;

	private final Accounts accounts;

	private final ObjectProvider<LiveConnections> connections;

	/**
	 * Who counts connections is asked for late, because they need {@link Sessions}
	 * themselves.
	 */
	SessionController(Sessions sessions, SessionStore store, Accounts accounts,
			ObjectProvider<LiveConnections> connections) {
		this.sessions = sessions;
		this.store = store;
		this.accounts = accounts;
		this.connections = connections;
	}

	@PostMapping("/login")
	CompletableFuture<TokenAnswer> login(@RequestBody LoginRequest login, HttpServletRequest request,
			@RequestHeader(name = HttpHeaders.USER_AGENT, required = false) @Nullable String userAgent) {
		Device device = Device.of(login.device(), userAgent, request.getRemoteAddr());
		return this.sessions.login(login.username(), login.password(), device);
	}

	@PostMapping("/refresh")
	TokenAnswer refresh(@RequestBody RefreshRequest refresh) {
		return this.sessions.refresh(refresh.refreshToken());
	}

	@PostMapping("/logout")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void logout(@AuthenticationPrincipal Caller caller) {
		this.sessions.end(ownSession(caller));
	}

	@GetMapping("/me")
	Me me(@AuthenticationPrincipal Caller caller) {
		return new Me(caller.name(), new TreeSet<>(caller.roles()), caller.sessionId(), caller.expiresAt());
	}

	@GetMapping("/sessions")
	List<View> list(@AuthenticationPrincipal Caller caller) {
		String current = ownSession(caller);
		Map<String, Device> devices = this.store.devices(caller.name());
		LiveConnections live = this.connections.getIfAvailable(() -> (sessionId) -> 0);
		List<View> views = new ArrayList<>();
		for (SessionRow row : this.sessions.list(caller.name())) {
			Device device = devices.get(row.sessionId());
			// One that began or ended between the two queries is left out.
			if (device != null) {
				views.add(View.of(row, device, current, live));
			}
		}
		return views;
	}

	@DeleteMapping("/sessions/{sessionId}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void end(@AuthenticationPrincipal Caller caller, @PathVariable String sessionId) {
		ownSession(caller);
		this.sessions.endOwn(caller.name(), sessionId);
	}

	@DeleteMapping("/sessions")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void endAll(@AuthenticationPrincipal Caller caller) {
		ownSession(caller);
		this.sessions.endAll(caller.name(), null);
	}

	@PostMapping("/password")
	CompletableFuture<ResponseEntity<Void>> changePassword(@AuthenticationPrincipal Caller caller,
			@RequestBody PasswordRequest request) {
		String kept = ownSession(caller);
		return this.accounts.changePassword(caller.name(), request.currentPassword(), request.newPassword(), kept)
			.thenApply((done) -> ResponseEntity.noContent().build());
	}

	private static String ownSession(Caller caller) {
		if (caller.sessionId() == null) {
			throw new RefusedException(Reason.FORBIDDEN, "This token belongs to no session here.");
		}
		return caller.sessionId();
	}

	/**
	 * Who is calling.
	 *
	 * @param username their name
	 * @param roles in the order of the alphabet
	 * @param sessionId their session, absent for a token of another issuer
	 * @param expiresAt when their token ends
	 */
	record Me(String username, Set<String> roles, @Nullable String sessionId, Instant expiresAt) {

	}

	/**
	 * A session as its owner sees it.
	 *
	 * @param sessionId its id
	 * @param device what the client calls itself
	 * @param ip the address of the login
	 * @param createdAt when they logged in
	 * @param lastSeenAt when it was last used, to a minute
	 * @param current whether it is the one that asks
	 * @param connections how many connections of it are open on this node
	 */
	record View(String sessionId, String device, String ip, Instant createdAt, Instant lastSeenAt, boolean current,
			int connections) {

		static View of(SessionRow row, Device device, String current, LiveConnections live) {
			return new View(row.sessionId(), device.name(), device.ip(), row.createdAt(), row.lastSeenAt(),
					row.sessionId().equals(current), live.count(row.sessionId()));
		}

	}

}
