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

	private final byte[] lead = new byte[2];

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

	/**
	 * Fills the end of a frame, which was left free. Channel and frame are parts of the
	 * same bytes.
	 */
	void seal(byte[] bytes, int channelAt, int channelLength, int frameAt, int frameLength) {
		compute(bytes, channelAt, channelLength, bytes, frameAt, frameLength);
		System.arraycopy(this.whole, 0, bytes, frameAt + frameLength - LENGTH, LENGTH);
	}

	/** Whether nobody else made it; takes as long either way. */
	boolean fits(byte[] channel, byte[] frame) {
		compute(channel, 0, channel.length, frame, 0, frame.length);
		int difference = 0;
		for (int i = 0; i < LENGTH; i++) {
			difference |= this.whole[i] ^ frame[frame.length - LENGTH + i];
		}
		return difference == 0;
	}

	private void compute(byte[] channel, int channelAt, int channelLength, byte[] frame, int frameAt, int frameLength) {
		// The length keeps the end of a channel from passing for the start of a frame.
		this.lead[0] = (byte) (channelLength >>> Byte.SIZE);
		this.lead[1] = (byte) channelLength;
		this.mac.update(this.lead);
		this.mac.update(channel, channelAt, channelLength);
		this.mac.update(frame, frameAt, frameLength - LENGTH);
		try {
			this.mac.doFinal(this.whole, 0);
		}
		catch (ShortBufferException ex) {
			throw new IllegalStateException("The array is as long as the MAC", ex);
		}
	}

}
