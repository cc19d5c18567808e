package dev.usher.storage;

import java.io.IOException;
import java.nio.file.Path;

import dev.usher.testing.JavaProcess;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who else on the machine may read a data folder that was there before, with the packaged
 * jar.
 */
class DataFolderIT extends DataFolderFixture {

	private void startAndEnd() {
		try (JavaProcess node = JavaProcess.gateway(folder())) {
			node.awaitPort();
		}
	}

	/** As an earlier version left it, which wrote the database for everybody to read. */
	@Test
	void folderWhenItWasOpenToAllThenItAndItsDatabaseBecomeItsOwnersAlone() throws IOException {
		startAndEnd();
		Path database = folder().resolve("usher.mv.db");
		Path key = folder().resolve("signing.key");
		assertThat(of(folder())).as("folder, at the first start").isEqualTo("rwx------");
		assertThat(of(database)).as("database, at the first start").isEqualTo("rw-------");
		assertThat(of(key)).as("signing.key, at the first start").isEqualTo("rw-------");
		set(folder(), "rwxrwxr-x");
		set(database, "rw-rw-r--");
		startAndEnd();
		assertThat(of(folder())).as("folder, of before").isEqualTo("rwx------");
		assertThat(of(database)).as("database, of before").isEqualTo("rw-------");
	}

}
