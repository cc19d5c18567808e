package dev.usher.bus.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.usher.bus.ByteWriter;
import dev.usher.bus.EntryKind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** No bit of a frame or of its channel can be another one. */
class FrameSealTests {

	private static final byte[] CHANNEL = "usher:u:bob".getBytes(StandardCharsets.UTF_8);

	private final byte[] frame = BusNode.sealed(CHANNEL, new BusFrame(4, 1, 77, 5, 1_000),
			new Outgoing("u:bob", EntryKind.LIVE, "a message".getBytes(StandardCharsets.UTF_8), 0));

	private final FrameSeal seal = new FrameSeal(BusNode.KEY);

	private boolean fits(byte[] channel, byte[] bytes) {
		return this.seal.fits(channel, bytes);
	}

	@Test
	void frameWhenItIsWhatWasSealedThenFitsAgainAndAgain() {
		assertThat(fits(CHANNEL, this.frame)).isTrue();
		assertThat(fits(CHANNEL, this.frame.clone())).isTrue();
	}

	@Test
	void frameWhenAnyBitOfItIsAnotherThenDoesNotFit() {
		for (int bit = 0; bit < this.frame.length * Byte.SIZE; bit++) {
			byte[] other = this.frame.clone();
			other[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
			assertThat(fits(CHANNEL, other)).as("bit %d", bit).isFalse();
		}
		assertThat(fits(CHANNEL, this.frame)).as("and nothing of it stays").isTrue();
	}

	@Test
	void frameWhenItIsMovedToAnotherChannelThenDoesNotFit() {
		for (int bit = 0; bit < CHANNEL.length * Byte.SIZE; bit++) {
			byte[] other = CHANNEL.clone();
			other[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
			assertThat(fits(other, this.frame)).as("bit %d", bit).isFalse();
		}
		assertThat(fits(new byte[0], this.frame)).isFalse();
	}

	/**
	 * The octets are the same in the same order, and another part of them the channel.
	 */
	@Test
	void frameWhenTheEndOfTheChannelPassesForItsStartThenDoesNotFit() {
		byte[] longer = new ByteWriter(200).all(CHANNEL).all(this.frame).toBytes();
		for (int at = 0; at < CHANNEL.length + 20; at++) {
			boolean same = at == CHANNEL.length;
			assertThat(fits(Arrays.copyOf(longer, at), Arrays.copyOfRange(longer, at, longer.length))).as("at %d", at)
				.isEqualTo(same);
		}
	}

	@Test
	void frameWhenItIsSealedWithAnotherKeyThenDoesNotFit() {
		byte[] other = BusNode.KEY.clone();
		other[31] = 1;
		assertThat(new FrameSeal(other).fits(CHANNEL, this.frame)).isFalse();
	}

	@Test
	void frameWhenItHasNothingButASealOfNoughtsThenDoesNotFit() {
		assertThat(fits(CHANNEL, new byte[BusFrame.LEAST])).isFalse();
		assertThat(fits(CHANNEL, new byte[FrameSeal.LENGTH])).isFalse();
	}

}
