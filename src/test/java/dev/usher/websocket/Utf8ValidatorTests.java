package dev.usher.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 3629, section 4: the table of well-formed byte sequences, edge by edge. */
class Utf8ValidatorTests {

	private static boolean isValid(byte[] bytes) {
		Utf8Validator validator = new Utf8Validator();
		return validator.accept(bytes, 0, bytes.length) && validator.isComplete();
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
