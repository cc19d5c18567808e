package dev.usher.client.java;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

/** Answers calls as a gateway does that is in trouble. */
final class StubGateway implements AutoCloseable {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpServer server;

	private final CountDownLatch closed = new CountDownLatch(1);

	/** The bodies of what was called, in order. */
	final List<String> bodies = new CopyOnWriteArrayList<>();

	final List<String> authorizations = new CopyOnWriteArrayList<>();

	final List<Long> times = new CopyOnWriteArrayList<>();

	/**
	 * @param answers given the number of the call, from 1
	 */
	StubGateway(Function<Integer, Answer> answers) throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", (exchange) -> answer(exchange, answers));
		this.server.start();
	}

	private void answer(HttpExchange exchange, Function<Integer, Answer> answers) {
		try (exchange) {
			int call;
			synchronized (this) {
				this.bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
				this.authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
				this.times.add(System.nanoTime());
				call = this.bodies.size();
			}
			Answer answer = answers.apply(call);
			if (answer.body == null) {
				exchange.sendResponseHeaders(answer.status, 100);
				exchange.getResponseBody().write(' ');
				exchange.getResponseBody().flush();
				this.closed.await(90, TimeUnit.SECONDS);
				return;
			}
			byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
			if (answer.retryAfter > 0) {
				exchange.getResponseHeaders().set("Retry-After", String.valueOf(answer.retryAfter));
			}
			if (answer.status > 0) {
				exchange.sendResponseHeaders(answer.status, body.length);
				exchange.getResponseBody().write(body);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	String url() {
		return "http://localhost:" + this.server.getAddress().getPort();
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/**
	 * A status of 0 is no answer at all, a body that is null one that does not end.
	 */
	record Answer(int status, int retryAfter, @Nullable String body) {

		static Answer of(int status, @Nullable String body) {
			return new Answer(status, 0, body);
		}

	}

}
