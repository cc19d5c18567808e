package dev.usher.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 3629, section 4: the table of well-formed byte sequences, edge by edge. */
class Utf8ValidatorTests {

	private static boolean isValid(byte[] bytes) {
		Utf8Validator validator = new Utf8Validator();
		boolean valid = validator.accept(bytes, 0, bytes.length) && validator.isComplete();
		assertThat(Utf8Validator.isValid(bytes, 0, bytes.length)).isEqualTo(valid);
		return valid;
	}

	/** The same byte by byte: what was accepted must not depend on the cut. */
	private static boolean isValidInPieces(byte[] bytes) {
		Utf8Validator validator = new Utf8Validator();
		for (int i = 0; i < bytes.length; i++) {
			if (!validator.accept(bytes, i, i + 1)) {
				return false;
			}
		}
		return validator.isComplete();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "00", "7f", "c280", "dfbf", "e0a080", "e0bfbf", "e18080", "ecbfbf", "ed8080", "ed9fbf",
			"ee8080", "efbfbf", "efbbbf", "f0908080", "f0bfbfbf", "f1808080", "f3bfbfbf", "f4808080", "f48fbfbf",
			"61c3a9e282acf09f988062" })
	void bytesWhenWellFormedThenTheyAreAccepted(String hex) {
		byte[] bytes = HexFormat.of().parseHex(hex);
		assertThat(isValid(bytes)).isTrue();
		assertThat(isValidInPieces(bytes)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "80", "bf", "c0", "c080", "c1bf", "c2", "c27f", "c2c0", "df", "e0", "e09fbf", "e08080",
			"e0a0", "e0a07f", "e0a0c0", "e180", "eda080", "edbfbf", "f0", "f08fbfbf", "f08080", "f0908080c2", "f09080",
			"f0907f80", "f0908" + "0c0", "f4908080", "f5808080", "f7bfbfbf", "f8808080", "fe", "ff", "61ff62" })
	void bytesWhenMalformedThenTheyAreRefused(String hex) {
		byte[] bytes = HexFormat.of().parseHex(hex);
		assertThat(isValid(bytes)).isFalse();
		assertThat(isValidInPieces(bytes)).isFalse();
	}

	/** Every sequence of two bytes, and of three that begin a longer one. */
	@Test
	void bytesWhenComparedWithTheJdkThenBothAgree() {
		for (int first = 0; first < 256; first++) {
			for (int second = 0; second < 256; second++) {
				compare((byte) first, (byte) second);
				compare((byte) first, (byte) second, (byte) 0x80);
				compare((byte) first, (byte) second, (byte) 0x80, (byte) 0xbf);
			}
		}
	}

	/**
	 * Behind and before ASCII of all lengths, which is looked at eight bytes at a time.
	 */
	@Test
	void bytesWhenAmongAsciiThenBothAgree() {
		Random random = new Random(7);
		int[] leads = { 0x7f, 0x80, 0xbf, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x9f, 0xa0, 0x8f, 0x90 };
		for (int i = 0; i < 100_000; i++) {
			byte[] bytes = "x".repeat(random.nextInt(40)).getBytes(StandardCharsets.US_ASCII);
			int first = random.nextInt(bytes.length + 1);
			for (int at = first; at < bytes.length && at < first + random.nextInt(6); at++) {
				bytes[at] = (byte) leads[random.nextInt(leads.length)];
			}
			compare(bytes);
		}
	}

	@Test
	void codePointsWhenEncodedThenAllAreAccepted() {
		for (int c = 0; c <= Character.MAX_CODE_POINT; c += (c < 0x900 || c > 0x10f000) ? 1 : 7) {
			if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
				assertThat(isValid(Character.toString(c).getBytes(StandardCharsets.UTF_8))).as("U+%x", c).isTrue();
			}
		}
	}

	private static void compare(byte... bytes) {
		boolean expected;
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			expected = true;
		}
		catch (CharacterCodingException ex) {
			expected = false;
		}
		assertThat(isValid(bytes)).as(() -> HexFormat.of().formatHex(bytes)).isEqualTo(expected);
	}

}
