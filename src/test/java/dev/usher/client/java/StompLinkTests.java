package dev.usher.client.java;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** How the end of a connection is found that nobody tells. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StompLinkTests {

	@Test
	void endWhenItComesWhileTheListenerRunsThenIsFoundWithoutHeartBeats() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		HttpClient http = HttpClient.newHttpClient();
		try (ScriptedGateway gateway = new ScriptedGateway();
				StubGateway other = new StubGateway((call) -> StubGateway.Answer.of(200, "{}"))) {
			StompLink link = new StompLink((from, frame) -> {
				begun.countDown();
				Await.until(() -> goOn.getCount() == 0);
			});
			link.connect(http, URI.create(gateway.url().replaceFirst("http", "ws")), "t");
			gateway.send("MESSAGE\nsubscription:s\nmessage-id:1\ndestination:/topic/a\n\nx\0");
			assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
			gateway.close();
			// The one thread that reads all sockets has read the end when it has read
			// this.
			http.send(HttpRequest.newBuilder(URI.create(other.url())).build(), BodyHandlers.discarding());
			goOn.countDown();
			Await.until(() -> {
				link.watch();
				return link.ended.isDone();
			});
			assertThat(link.ended.join().code()).isEqualTo("connection_lost");
		}
	}

}
