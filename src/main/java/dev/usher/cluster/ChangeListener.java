package dev.usher.cluster;

import java.util.List;

/** Hears what has changed, on this node or another. Beans of this type are found. */
public interface ChangeListener {

	/** The kind it wants to hear of. */
	Change.Kind kind();

	/**
	 * Something has changed, and is committed. Called on the polling thread, now and then
	 * more than once for the same change; must not wait. If it throws, it hears of the
	 * same again.
	 * @param targets what, at least one
	 */
	void onChanged(List<String> targets);

}
