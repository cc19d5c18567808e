package dev.usher.bus.redis;

import java.security.GeneralSecurityException;

import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * The last bytes of a frame: HMAC-SHA256 over the channel and the frame, cut to 128 bits
 * (RFC 2104, section 5). Whoever can publish on the engine can still make no frame, and
 * move none to another channel. For one thread.
 */
final class FrameSeal {

	/** In bytes. */
	static final int LENGTH = 16;

	private static final String HMAC = "HmacSHA256";

	private final Mac mac;

	private final byte[] whole;

	FrameSeal(byte[] key) {
		try {
			this.mac = Mac.getInstance(HMAC);
			this.mac.init(new SecretKeySpec(key, HMAC));
			this.whole = new byte[this.mac.getMacLength()];
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has HMAC-SHA256", ex);
		}
	}

	/** Fills the end of a frame, which was left free. */
	void seal(byte[] channel, byte[] frame) {
		compute(channel, frame);
		System.arraycopy(this.whole, 0, frame, frame.length - LENGTH, LENGTH);
	}

	/** Whether nobody else made it; takes as long either way. */
	boolean fits(byte[] channel, byte[] frame) {
		compute(channel, frame);
		int difference = 0;
		for (int i = 0; i < LENGTH; i++) {
			difference |= this.whole[i] ^ frame[frame.length - LENGTH + i];
		}
		return difference == 0;
	}

	private void compute(byte[] channel, byte[] frame) {
		// The length keeps the end of a channel from passing for the start of a frame.
		this.mac.update((byte) (channel.length >>> Byte.SIZE));
		this.mac.update((byte) channel.length);
		this.mac.update(channel);
		this.mac.update(frame, 0, frame.length - LENGTH);
		try {
			this.mac.doFinal(this.whole, 0);
		}
		catch (ShortBufferException ex) {
			throw new IllegalStateException("The array is as long as the MAC", ex);
		}
	}

}
