package dev.usher.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A data folder that was there before and is open to all. */
abstract class DataFolderFixture {

	@TempDir
	private Path parent;

	private Path folder;

	@BeforeEach
	void makeFolder() throws IOException {
		this.folder = Files.createDirectory(this.parent.resolve("data"));
		set(this.folder, "rwxr-xr-x");
	}

	final Path folder() {
		return this.folder;
	}

	static void set(Path path, String permissions) throws IOException {
		Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
	}

	static String of(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

}
