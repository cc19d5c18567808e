package dev.usher.inbox.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.usher.inbox.InboxProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether the disk of the embedded database has room, so that messages are refused
 * before it is full: logins, keys and the removal of old messages need some of it. The
 * disk of another database cannot be seen from here. Used by the thread that appends.
 */
final class FreeSpace {

	private static final Logger logger = LoggerFactory.getLogger(FreeSpace.class);

	private final @Nullable Path folder;

	private final long mark;

	/** Found once: to find it the system's list of mounts is read. */
	private @Nullable FileStore disk;

	private boolean low;

	FreeSpace(InboxDatabase database, InboxProperties properties) {
		Path file = database.file();
		this.folder = (file != null && properties.minFree().toBytes() > 0) ? file.getParent() : null;
		this.mark = properties.minFree().toBytes();
	}

	/** Whether too little is free. One call of the system; asked once for each commit. */
	boolean isLow() {
		if (this.folder == null) {
			return false;
		}
		try {
			if (this.disk == null) {
				this.disk = Files.getFileStore(this.folder);
			}
			note(this.disk.getUsableSpace() < this.mark);
		}
		catch (IOException ex) {
			this.disk = null;
			// Then the database will say what is wrong.
			this.low = false;
		}
		return this.low;
	}

	private void note(boolean now) {
		if (now && !this.low) {
			logger.error("The disk of {} has less free than usher.inbox.min-free; publishers to stored destinations "
					+ "are refused until there is room", this.folder);
		}
		else if (!now && this.low) {
			logger.info("The disk of {} has room again", this.folder);
		}
		this.low = now;
	}

}
