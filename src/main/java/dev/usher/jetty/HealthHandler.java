package dev.usher.jetty;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

import dev.usher.http.HealthAnswer;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.WorkerPool;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * Answers health before any servlet, so that nothing that waits for the database keeps a
 * probe waiting. The probes of liveness and readiness ask no database and are answered at
 * once. The health of everything does ask it: on one thread of its own, once for all who
 * ask meanwhile, or a crowd that asks would hold as many threads as it likes.
 */
final class HealthHandler extends Handler.Wrapper {

	private static final String EVERYTHING = "/actuator/health";

	/** The groups by their paths. */
	private static final Map<String, String> PROBES = Map.of(EVERYTHING + "/liveness", "liveness",
			EVERYTHING + "/readiness", "readiness");

	/** Nobody watches the thread: what a database does is no fault of this node. */
	private static final Duration PATIENCE = Duration.ofDays(1);

	private final Function<@Nullable String, HealthAnswer> health;

	private final WorkerPool thread;

	private @Nullable CompletableFuture<HealthAnswer> asked;

	/**
	 * Goes in front of what holds requests.
	 * @param next what comes after
	 * @param health the health of a group, or of everything
	 */
	HealthHandler(Handler next, Function<@Nullable String, HealthAnswer> health) {
		super(next);
		this.health = health;
		this.thread = new WorkerPool("usher-health-", 1, new LinkedBlockingQueue<>(), PATIENCE);
		this.thread.allowCoreThreadTimeOut(true);
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		String path = request.getHttpURI().getPath();
		String probe = PROBES.get((path != null) ? path : "");
		boolean get = HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod());
		// Of whoever sends a body with a GET the servlets may judge.
		if (!get || (probe == null && !EVERYTHING.equals(path)) || request.getLength() > 0
				|| request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
			return super.handle(request, response, callback);
		}
		if (probe != null) {
			write(this.health.apply(probe), request, response, callback);
		}
		else {
			everything().whenComplete((answer, failure) -> {
				if (answer != null) {
					write(answer, request, response, callback);
				}
				else {
					FatalErrors.endIfFatal(failure);
					Response.writeError(request, response, callback, HttpStatus.INTERNAL_SERVER_ERROR.value());
				}
			});
		}
		return true;
	}

	private synchronized CompletableFuture<HealthAnswer> everything() {
		CompletableFuture<HealthAnswer> current = this.asked;
		if (current == null || current.isDone()) {
			current = this.thread.supply(() -> this.health.apply(null));
			this.asked = current;
		}
		return current;
	}

	private static void write(HealthAnswer answer, Request request, Response response, Callback callback) {
		byte[] body = ("{\"status\":\"" + answer.word() + "\"}").getBytes(StandardCharsets.US_ASCII);
		response.setStatus(answer.isWell() ? HttpStatus.OK.value() : HttpStatus.SERVICE_UNAVAILABLE.value());
		response.getHeaders()
			.put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
			.put(HttpHeader.CONTENT_LENGTH, body.length)
			.put(HttpHeader.CACHE_CONTROL, "no-store");
		response.write(true, HttpMethod.HEAD.is(request.getMethod()) ? null : ByteBuffer.wrap(body), callback);
	}

}
