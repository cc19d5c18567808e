package dev.usher.stomp;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class VersionTests {

	@ParameterizedTest
	@CsvSource(nullValues = "none",
			value = { "1.0, V1_0", "1.1, V1_1", "1.2, V1_2", "'1.0,1.1,1.2', V1_2", "'1.2,1.1', V1_2",
					"'1.1,1.0', V1_1", "'1.0, 1.1', V1_1", "'1.3,1.1,9', V1_1", "2.0, none", "'', none", "',', none",
					"1.25, none", "1, none", "1.2.1, none", "',1.2,', V1_2", "none, V1_0" })
	void highestCommonVersionIsChosen(@Nullable String accepted, @Nullable Version expected) {
		assertThat(Version.negotiate(accepted)).isEqualTo(expected);
	}

	@Test
	void textIsWhatTheWireHas() {
		assertThat(Version.values()).extracting(Version::text).containsExactly("1.0", "1.1", "1.2");
	}

}
