package dev.usher.nodes;

import java.time.Clock;
import java.util.Map;

import dev.usher.testing.ProvingClient;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A proof is good on every node, and on one of them. */
abstract class ProofCases extends ClusterCases {

	/** To the client all of them are one host, as behind a load balancer. */
	@Test
	void proofWhenUsedOnOneNodeThenItIsRefusedOnTheOthers() {
		this.cluster.account("prover");
		ProvingClient client = new ProvingClient(this.a.port(), Clock.systemUTC());
		String token = client.login("prover", Cluster.PASSWORD).text("access_token");
		// The nonce is of the first node, and good on the second.
		String proof = client.sign(client.connectProof(token));
		assertThat(connect(this.b, token, proof).command()).isEqualTo("CONNECTED");
		assertThat(connect(this.c, token, proof).header("code")).isEqualTo("unauthorized");
		assertThat(connect(this.a, token, proof).header("code")).isEqualTo("unauthorized");
		assertThat(connect(this.c, token, client.sign(client.connectProof(token))).command()).isEqualTo("CONNECTED");
	}

	private StompFrame connect(ClusterNode node, String token, String proof) {
		try (StompClient socket = new StompClient(
				RawWebSocket.open(node.port(), "/ws", Map.of("Host", "localhost:" + this.a.port())))) {
			return socket.send("CONNECT", "accept-version:1.2", "Authorization:DPoP " + token, "DPoP:" + proof).read();
		}
	}

}
