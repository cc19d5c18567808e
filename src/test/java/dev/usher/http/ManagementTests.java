package dev.usher.http;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collections;

import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import dev.usher.testing.StompClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/** Metrics are on a port of their own, and nowhere else. */
class ManagementTests {

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "management.server.port=0");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	private static HttpResponse<String> get(String path) throws Exception {
		String port = node.bean(Environment.class).getProperty("local.management.port");
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
					BodyHandlers.ofString());
	}

	@Test
	void metricsWhenOnTheManagementPortThenCountEventsAndConnections() throws Exception {
		node.login("nobody", "wrong");
		try (StompClient client = StompClient.connect(node.port(), node.admin())) {
			client.subscribe("s", "/user/topic/x");
			// A frame counts as queued until the thread that wrote it goes on.
			Awaitility.await()
				.until(() -> get("/actuator/prometheus").body().contains("\nusher_outbound_queued_bytes 0.0"));
			assertThat(get("/actuator/prometheus").body())
				.contains("usher_events_total{event=\"login\",outcome=\"refused\",reason=\"bad_credentials\"} 1.0")
				.contains("usher_events_total{event=\"connect\",outcome=\"success\",reason=\"none\"} 1.0")
				.contains("\nusher_connections 1.0");
		}
	}

	@Test
	void healthThenIsOnBothPorts() throws Exception {
		assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
		for (String path : new String[] { "/actuator/health", "/actuator/health/liveness",
				"/actuator/health/readiness" }) {
			assertThat(node.get(path, null).response().body()).isEqualTo("{\"status\":\"UP\"}");
		}
	}

	@Test
	void metricsWhenOnThePublicPortThenAreNotThere() {
		assertThat(node.get("/actuator/prometheus", null).code()).isEqualTo("not_found");
		assertThat(node.get("/actuator/prometheus", node.admin()).code()).isEqualTo("not_found");
	}

	/** All of 127.0.0.0/8 is this machine, but not all of it is the address. */
	@Test
	void managementPortWhenNoAddressIsGivenThenListensOnLoopbackAlone() throws Exception {
		int port = Integer.parseInt(node.bean(Environment.class).getProperty("local.management.port", "0"));
		new Socket("127.0.0.1", port).close();
		assertThatIOException().isThrownBy(() -> new Socket("127.0.0.2", port).close());
		for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
			for (InetAddress address : Collections.list(each.getInetAddresses())) {
				if (!address.isLoopbackAddress()) {
					assertThatIOException().isThrownBy(() -> new Socket(address, port).close());
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/actuator", "/actuator/env", "/actuator/heapdump", "/auth/me", "/admin/accounts" })
	void managementPortWhenAskedForAnythingElseThenHasNothing(String path) throws Exception {
		assertThat(get(path).statusCode()).isIn(401, 403, 404);
	}

}
