package dev.usher.stomp;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class FrameEncoderTests {

	private static final byte[] NO_BODY = {};

	@Test
	void frameIsExactlyThis() {
		byte[] bytes = FrameEncoder.encode(Version.V1_2, "RECEIPT", List.of(new Header("receipt-id", "a:b")), NO_BODY,
				0);
		assertThat(bytes).isEqualTo(Wire.bytes("RECEIPT\nreceipt-id:a\\cb\n\n^"));
	}

	@Test
	void bodyHasItsLength() {
		byte[] bytes = FrameEncoder.encode(Version.V1_0, "ERROR", List.of(new Header("code", "x")), "why".getBytes(),
				0);
		assertThat(bytes).isEqualTo(Wire.bytes("ERROR\ncode:x\ncontent-length:3\n\nwhy^"));
	}

	@Test
	void reservedBytesAreFreeAtTheFront() {
		byte[] bytes = FrameEncoder.encode(Version.V1_1, "RECEIPT", List.of(), NO_BODY, 14);
		assertThat(bytes).hasSize(14 + 10).startsWith(new byte[14]);
		assertThat(bytes[14]).isEqualTo((byte) 'R');
	}

	@Test
	void connectedIsLiteralAndStillCannotBeForged() {
		byte[] bytes = FrameEncoder.encode(Version.V1_2, "CONNECTED",
				List.of(new Header("user-name", "auth0|a:b\\c\nversion:9\r\0")), NO_BODY, 0);
		assertThat(bytes).isEqualTo(Wire.bytes("CONNECTED\nuser-name:auth0|a:b\\c?version:9??\n\n^"));
	}

	@Test
	void longTextsGrowTheFrame() {
		String value = "é:".repeat(5000);
		byte[] bytes = FrameEncoder.encode(Version.V1_2, "ERROR", List.of(new Header("a", value)), NO_BODY, 3);
		assertThat(ReadFrame.of(Version.V1_2, bytes, 3).header("a")).isEqualTo(value);
	}

	@Test
	void headerNeedsAName() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Header("", "value"));
	}

}
