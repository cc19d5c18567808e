package dev.usher.stomp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Agrees with the JDK's own strict decoder. */
class Utf8Tests {

	@Test
	void everyCodePointIsValid() {
		for (int c = 0; c <= Character.MAX_CODE_POINT; c += (c < 0x900 || c > 0x10f000) ? 1 : 7) {
			if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
				byte[] bytes = Character.toString(c).getBytes(StandardCharsets.UTF_8);
				assertThat(Utf8.isValid(bytes, 0, bytes.length)).as("U+%x", c).isTrue();
			}
		}
	}

	@Test
	void everyTwoBytesAndManyLongerOnesAreJudgedAsTheJdkDoes() {
		for (int i = 0; i < 1 << 16; i++) {
			agree(new byte[] { (byte) (i >> 8), (byte) i });
		}
		Random random = new Random(7);
		int[] leads = { 0x7f, 0x80, 0xbf, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x9f, 0xa0, 0x8f, 0x90 };
		for (int i = 0; i < 100_000; i++) {
			byte[] bytes = new byte[1 + random.nextInt(12)];
			for (int at = 0; at < bytes.length; at++) {
				bytes[at] = (byte) leads[random.nextInt(leads.length)];
			}
			agree(bytes);
		}
	}

	private static void agree(byte[] bytes) {
		boolean valid = true;
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
		}
		catch (CharacterCodingException ex) {
			valid = false;
		}
		if (Utf8.isValid(bytes, 0, bytes.length) != valid) {
			throw new AssertionError(java.util.HexFormat.of().formatHex(bytes) + " should be valid: " + valid);
		}
	}

}
