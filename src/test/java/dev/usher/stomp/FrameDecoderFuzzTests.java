package dev.usher.stomp;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads anything at all. In the ordinary run the kept inputs are replayed; to look for
 * new ones: {@code JAZZER_FUZZ=1 mvn test -Dtest=FrameDecoderFuzzTests} with
 * {@code -DargLine=-Djazzer.hooks=true}.
 */
class FrameDecoderFuzzTests {

	/** The first byte chooses the version, the second how the rest is cut. */
	@FuzzTest(maxDuration = "4m")
	void decoderReadsAnything(byte[] any) {
		if (any.length < 2) {
			return;
		}
		Version version = Version.values()[(any[0] & 0xff) % Version.values().length];
		int size = (any[1] & 0xff) % 16 + 1;
		byte[] stream = Arrays.copyOfRange(any, 2, any.length);
		DecoderOutcome whole = DecoderOutcome.of(version, stream, IntStream.empty());
		DecoderOutcome cut = DecoderOutcome.of(version, stream, IntStream.generate(() -> size));
		assertThat(cut).isEqualTo(whole);
		for (List<Object> frame : whole.frames()) {
			assertThat((Integer) frame.get(3)).isLessThanOrEqualTo(DecoderOutcome.LIMITS.frame());
		}
	}

}
