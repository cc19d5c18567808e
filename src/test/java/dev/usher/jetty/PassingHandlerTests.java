package dev.usher.jetty;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A request that is passed on later is answered, whatever becomes of it there. */
class PassingHandlerTests {

	private final Server server = new Server();

	private final ServerConnector connector = new ServerConnector(this.server);

	private final ExecutorService later = Executors.newSingleThreadExecutor();

	@AfterEach
	void stop() throws Exception {
		this.server.stop();
		this.later.shutdownNow();
	}

	private HttpResponse<String> get(Handler.Abstract next) throws Exception {
		this.server.addConnector(this.connector);
		this.server.setHandler(new Later(next));
		this.server.start();
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.connector.getLocalPort()))
			.timeout(Duration.ofSeconds(30))
			.build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
	}

	@Test
	void requestWhenAnErrorIsThrownOnItThenIsAnsweredAndItsThreadGoesOn() throws Exception {
		HttpResponse<String> answer = get(new Handler.Abstract() {

			@Override
			public boolean handle(Request request, Response response, Callback callback) {
				throw new AssertionError("thrown by a test");
			}

		});
		assertThat(answer.statusCode()).isEqualTo(500);
		assertThat(this.later.submit(Thread::currentThread).get().isAlive()).isTrue();
	}

	@Test
	void requestWhenNobodyTakesItThenIsNotFound() throws Exception {
		assertThat(get(new Handler.Abstract() {

			@Override
			public boolean handle(Request request, Response response, Callback callback) {
				return false;
			}

		}).statusCode()).isEqualTo(404);
	}

	/** Passes each request on, on a thread of the test. */
	private final class Later extends PassingHandler {

		Later(Handler next) {
			super(next);
		}

		@Override
		public boolean handle(Request request, Response response, Callback callback) {
			PassingHandlerTests.this.later.execute(() -> pass(request, response, callback));
			return true;
		}

	}

}
