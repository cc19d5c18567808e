package dev.usher.thread;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HeapSizeTests {

	private static final long MEGABYTE = 1024 * 1024;

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = { "32MB;256;32", "25%;256;64", "25%;4096;1024", "5%,32MB;200;10",
			"5%,32MB;4096;32", "5% , 32MB;4096;32", "1%,8MB;100;2" })
	void bytesWhenASizeOrAShareThenTheSmallerAndNeverBelowWhatIsNeeded(String text, long heap, long expected) {
		long bytes = HeapSize.of(text, heap * MEGABYTE).check("usher.some", 2 * MEGABYTE);
		assertThat(bytes).isBetween(expected * MEGABYTE - 100, expected * MEGABYTE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "lots", "0%", "91%", "%", "1MB", "32MB,5%", "5%,", "5%,1MB,2MB", "-32MB" })
	void bytesWhenItIsNoneOrTooSmallThenTheSentenceNamesTheProperty(String text) {
		HeapSize size = HeapSize.of(text, 256 * MEGABYTE);
		assertThatIllegalArgumentException().isThrownBy(() -> size.check("usher.some", 2 * MEGABYTE))
			.withMessage(
					"usher.some must be a size of 2MB at least, a share of 1% to 90% of the heap, or both with a comma "
							+ "between, but is " + text);
	}

	@Test
	void defaultsWhenTheHeapIsSmallThenTheyLeaveHalfOfIt() {
		long heap = 256 * MEGABYTE;
		long all = 0;
		for (String each : new String[] { "25%", "12%,64MB", "6%,32MB", "6%,32MB", "6%,32MB" }) {
			all += HeapSize.of(each, heap).bytes(0);
		}
		// And two of a sixteenth each, for bodies and answers on their way.
		assertThat(all + heap / 8).isLessThan(heap * 70 / 100);
	}

}
