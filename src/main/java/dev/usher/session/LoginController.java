package dev.usher.session;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

import dev.usher.dpop.Proof;
import dev.usher.dpop.Proofs;
import dev.usher.edge.SameOrigin;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.session.Sessions.Refreshed;
import dev.usher.thread.Failures;
import dev.usher.throttle.Attempt;
import dev.usher.throttle.SecretThrottle;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Log in and stay in. Slowed where it fails, and written down. */
@RestController
@RequestMapping("/auth")
class LoginController {

	private final Sessions sessions;

	private final PasskeyLogins passkeys;

	private final LoginThrottle throttle;

	private final SecretThrottle refreshes;

	private final Proofs proofs;

	private final SessionAudit audit;

	private final SessionProperties properties;

	LoginController(Sessions sessions, PasskeyLogins passkeys, LoginThrottle throttle, SecretThrottle refreshes,
			Proofs proofs, SessionAudit audit, SessionProperties properties) {
		this.sessions = sessions;
		this.passkeys = passkeys;
		this.throttle = throttle;
		this.refreshes = refreshes;
		this.proofs = proofs;
		this.audit = audit;
		this.properties = properties;
	}

	@PostMapping(path = "/login", produces = MediaType.APPLICATION_JSON_VALUE)
	CompletableFuture<ResponseEntity<TokenAnswer>> login(@RequestBody LoginRequest login, HttpServletRequest request) {
		String address = request.getRemoteAddr();
		boolean secure = request.isSecure();
		SessionCookie cookie = Boolean.TRUE.equals(login.cookie()) ? newCookie(request) : null;
		Device device = Device.of(login.device(), request.getHeader(HttpHeaders.USER_AGENT), address);
		NewSession opening = new NewSession(device, cookie, proof(request));
		CompletableFuture<TokenAnswer> opened = (login.passkey() != null)
				? CompletableFuture.completedFuture(this.passkeys.login(login.passkey(), address, opening))
				: byPassword(login, address, opening);
		return opened.thenApply((answer) -> answer(answer, cookie, secure));
	}

	/** Before the password is hashed, which is dearer by far. */
	private @Nullable Proof proof(HttpServletRequest request) {
		try {
			return this.proofs.ofTokenRequest(request).orElse(null);
		}
		catch (RefusedException ex) {
			this.audit.login("", request.getRemoteAddr(), null, ex);
			throw ex;
		}
	}

	private CompletableFuture<TokenAnswer> byPassword(LoginRequest login, String address, NewSession opening) {
		String username = Objects.requireNonNull(login.username());
		boolean known;
		Attempt attempt;
		try {
			known = this.throttle.knows(username, address);
			attempt = this.throttle.login(username, address);
		}
		catch (RuntimeException ex) {
			this.audit.login(username, address, null, ex);
			throw ex;
		}
		return this.sessions.login(username, Objects.requireNonNull(login.password()), known, opening)
			.whenComplete(settle(attempt))
			.whenComplete((answer, failure) -> this.audit.login(username, address, answer, failure));
	}

	private ResponseEntity<TokenAnswer> answer(TokenAnswer answer, @Nullable SessionCookie cookie, boolean secure) {
		List<ResponseCookie> cookies = (cookie != null) ? cookie.set(secure, this.properties.lifetime()) : List.of();
		ResponseEntity.BodyBuilder response = ResponseEntity.ok();
		cookies.forEach((each) -> response.header(HttpHeaders.SET_COOKIE, each.toString()));
		return response.body(answer);
	}

	/** Another page could log its visitors in as somebody of its own choice. */
	private static SessionCookie newCookie(HttpServletRequest request) {
		String own = ServletUriComponentsBuilder.fromContextPath(request).build().toUriString();
		if (!SameOrigin.holds(request.getHeader(HttpHeaders.ORIGIN), request.getHeader("Sec-Fetch-Site"), own)) {
			throw new RefusedException(Reason.FORBIDDEN,
					"Member \"cookie\": cookies are for pages of the gateway's own origin.");
		}
		return SessionCookie.create();
	}

	/** Settles an attempt once its outcome is known. */
	static <T extends @Nullable Object> BiConsumer<T, @Nullable Throwable> settle(Attempt attempt) {
		return (answer, failure) -> {
			if (failure == null) {
				attempt.succeeded();
			}
			else {
				attempt.failed(Failures.unwrap(failure));
			}
		};
	}

	@PostMapping(path = "/refresh", produces = MediaType.APPLICATION_JSON_VALUE)
	TokenAnswer refresh(@RequestBody RefreshRequest refresh, HttpServletRequest request) {
		String address = request.getRemoteAddr();
		Attempt attempt = this.refreshes.begin(address);
		try {
			Proof proof = this.proofs.ofTokenRequest(request).orElse(null);
			Refreshed refreshed = this.sessions.refresh(refresh.refreshToken(), refresh.next(), proof);
			attempt.succeeded();
			this.audit.refresh(address, refreshed.session(), null);
			return refreshed.answer();
		}
		catch (RuntimeException ex) {
			attempt.failed(ex);
			this.audit.refresh(address, (ex instanceof RefreshReusedException reused) ? reused.session() : null, ex);
			throw ex;
		}
	}

}
