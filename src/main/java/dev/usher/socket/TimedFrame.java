package dev.usher.socket;

/** A frame of one connection whose way out is timed. Any thread. */
final class TimedFrame {

	private final long sequence;

	private final Traffic.Sample sample;

	private boolean left;

	/**
	 * @param sequence how many frames have left when it has
	 */
	TimedFrame(long sequence, Traffic.Sample sample) {
		this.sequence = sequence;
		this.sample = sample;
	}

	/**
	 * So many frames have left. Whoever notices first that it is among them counts.
	 * @return whether it has left
	 */
	synchronized boolean isLeft(long frames) {
		if (!this.left && frames >= this.sequence) {
			this.left = true;
			this.sample.written();
		}
		return this.left;
	}

}
