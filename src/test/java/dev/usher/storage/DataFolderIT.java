package dev.usher.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import dev.usher.testing.JavaProcess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who else on the machine may read a data folder that was there before, with the packaged
 * jar.
 */
class DataFolderIT {

	@TempDir
	private Path parent;

	private Path folder;

	@BeforeEach
	void makeFolder() throws IOException {
		this.folder = Files.createDirectory(this.parent.resolve("data"));
		set(this.folder, "rwxr-xr-x");
	}

	private static void set(Path path, String permissions) throws IOException {
		Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
	}

	private static String of(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

	private void startAndEnd() {
		try (JavaProcess node = JavaProcess.gateway(this.folder)) {
			node.awaitPort();
		}
	}

	/** As an earlier version left it, which wrote the database for everybody to read. */
	@Test
	void folderWhenItWasOpenToAllThenItAndItsDatabaseBecomeItsOwnersAlone() throws IOException {
		startAndEnd();
		Path database = this.folder.resolve("usher.mv.db");
		Path key = this.folder.resolve("signing.key");
		assertThat(of(this.folder)).as("folder, at the first start").isEqualTo("rwx------");
		assertThat(of(database)).as("database, at the first start").isEqualTo("rw-------");
		assertThat(of(key)).as("signing.key, at the first start").isEqualTo("rw-------");
		set(this.folder, "rwxrwxr-x");
		set(database, "rw-rw-r--");
		startAndEnd();
		assertThat(of(this.folder)).as("folder, of before").isEqualTo("rwx------");
		assertThat(of(database)).as("database, of before").isEqualTo("rw-------");
	}

}
