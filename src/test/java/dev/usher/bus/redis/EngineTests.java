package dev.usher.bus.redis;

import dev.usher.bus.Bus;
import dev.usher.testing.Await;
import dev.usher.testing.RedisServer;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Which bus a gateway has by its properties. */
class EngineTests {

	@Test
	void busWhenItsEngineIsWrittenAsThePropertiesAllowThenReachesOthers() {
		try (RedisServer redis = RedisServer.start();
				TestGateway gateway = TestGateway.start("usher.cluster.bus=Redis ", "spring.data.redis.host=127.0.0.1 ",
						"spring.data.redis.port=" + redis.port(),
						"usher.token.key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")) {
			assertThat(gateway.bean(Bus.class).reachesOthers()).isTrue();
			// It may come up after the start.
			Await.within(30, gateway.bean(Bus.class)::works);
		}
	}

}
