package dev.usher.edge;

import java.time.Duration;
import java.util.List;

import dev.usher.testing.LogReader;
import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Whoever forgot to list an origin reads so in the log, and nobody can fill it. */
class UnlistedOriginsTests {

	private final MutableClock clock = new MutableClock();

	private final UnlistedOrigins origins = new UnlistedOrigins(this.clock);

	private List<String> warnings(Runnable refusals) {
		try (LogReader log = new LogReader()) {
			refusals.run();
			return log.lines().stream().filter((line) -> line.contains("UnlistedOrigins")).toList();
		}
	}

	@Test
	void originWhenRefusedThenIsWarnedOfOnceAnHourByTheProperty() {
		Runnable twice = () -> {
			this.origins.refused("https://app.example.org");
			this.origins.refused("HTTPS://APP.example.org:443");
		};
		assertThat(warnings(twice)).singleElement().asString().contains("usher.origins[0]=https://app.example.org");
		this.clock.advance(UnlistedOrigins.AGAIN.minusMillis(1));
		assertThat(warnings(twice)).isEmpty();
		this.clock.advance(Duration.ofMillis(1));
		assertThat(warnings(twice)).hasSize(1);
	}

	@Test
	void originsWhenInventedThenNoMoreThanSoManyAreWarnedOf() {
		assertThat(warnings(() -> {
			for (int i = 0; i < 10 * UnlistedOrigins.MOST; i++) {
				this.origins.refused("https://" + i + ".example.org");
			}
		})).hasSize(UnlistedOrigins.MOST);
		this.clock.advance(UnlistedOrigins.AGAIN);
		assertThat(warnings(() -> this.origins.refused("https://late.example.org"))).hasSize(1);
	}

	@Test
	void originWhenItIsNoneThenNothingOfItIsLogged() {
		assertThat(warnings(() -> {
			for (String bad : List.of("null", "", "https://a.example\nWARN all is well", "https://a.example/path",
					"javascript:alert(1)")) {
				this.origins.refused(bad);
			}
		})).isEmpty();
	}

}
