package dev.usher.edge;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Which origins are taken for which. */
class OriginPropertiesTests {

	private final OriginProperties origins = new OriginProperties(
			List.of("https://App.example.org:443", "http://localhost:3000", "capacitor://localhost"));

	@ParameterizedTest
	@ValueSource(strings = { "https://app.example.org", "https://app.example.org:443", "HTTPS://APP.EXAMPLE.ORG",
			"http://localhost:3000", "capacitor://localhost" })
	void allowsWhenSchemeHostAndPortAreListed(String origin) {
		assertThat(this.origins.allows(origin)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "", "*", "https://app.example.org/", "https://app.example.org.evil.example",
			"https://evil.example/https://app.example.org", "https://app.example.org@evil.example",
			"http://app.example.org", "https://app.example.org:444", "http://localhost", "http://localhost:30000",
			"https://app.example.org?", "https://app.example.org#", "https://app.example.org https://b",
			"//localhost" })
	void allowsNothingElse(String origin) {
		assertThat(this.origins.allows(origin)).isFalse();
	}

	@Test
	void allowsNoMissingOrigin() {
		assertThat(this.origins.allows(null)).isFalse();
		assertThat(new OriginProperties(null).allows("https://app.example.org")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "*", "null", "https://*.example.org", "app.example.org", "https://app.example.org/", "",
			"https://", "https://a@b" })
	void constructorWhenNoOriginThenNamesTheProperty(String origin) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new OriginProperties(List.of("https://fine.example", origin)))
			.withMessageStartingWith("usher.origins[1] must be an origin such as https://app.example.org");
	}

}
