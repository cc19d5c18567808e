package dev.usher.storage;

import java.io.IOException;
import java.nio.file.Path;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** How to reach the H2 file in the data folder. */
class EmbeddedDatabase implements JdbcConnectionDetails {

	private static final int CACHE = 8192;

	private final Path folder;

	EmbeddedDatabase(Path folder) {
		if (folder.toString().indexOf(';') >= 0) {
			// H2 reads what follows as settings, one of which runs SQL.
			throw new StorageException("The data folder " + folder + " has a semicolon in its name.",
					"Name a folder without one in usher.data.");
		}
		this.folder = folder;
		try {
			OwnerOnly.file(folder.resolve("usher.mv.db"));
		}
		catch (IOException ex) {
			throw new StorageException("The database file in the data folder " + folder + " cannot be made.",
					"Make room on that disk, or name another folder in usher.data.");
		}
	}

	Path folder() {
		return this.folder;
	}

	@Override
	public String getUsername() {
		return "usher";
	}

	/** None: whoever can read the file can read all of it anyway. */
	@Override
	public String getPassword() {
		return "";
	}

	/**
	 * With {@code WRITE_DELAY=0} a commit is on disk before it is answered, not up to
	 * half a second later. With {@code DB_CLOSE_ON_EXIT=FALSE} the pool closes the
	 * database when the application ends, not a shutdown hook that runs beside it. Its
	 * cache of pages has {@value #CACHE} KiB, whatever the heap has: the file is in the
	 * system's cache too, and what a larger one of its own keeps is copied by each
	 * collection.
	 */
	@Override
	public String getJdbcUrl() {
		return "jdbc:h2:file:" + this.folder.resolve("usher") + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;CACHE_SIZE="
				+ CACHE;
	}

}
