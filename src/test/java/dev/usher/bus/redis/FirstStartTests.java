package dev.usher.bus.redis;

import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A node that has a bus from its first start on. */
class FirstStartTests {

	/** The key of the seals is derived from it. */
	@Test
	void nodeWhenItHasNoMasterKeyYetThenMakesOneAndStarts() {
		try (HttpNode node = HttpNode.start(Store.POSTGRES, "usher.cluster.bus=redis", "spring.data.redis.port=1")) {
			assertThat(node.get("/auth/me", node.admin()).status()).isEqualTo(200);
		}
	}

}
