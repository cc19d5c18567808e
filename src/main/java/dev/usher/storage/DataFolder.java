package dev.usher.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.stereotype.Component;

/**
 * The folder {@code usher.data}. Made on first use, for its owner alone where the file
 * system knows owners, and made its owner's alone where it was there before: it holds
 * password hashes and the key of the signing keys. A node whose database and keys are
 * elsewhere never makes it.
 */
@Component
public class DataFolder {

	private final Path path;

	private final AtomicBoolean restricted = new AtomicBoolean();

	public DataFolder(StorageProperties properties) {
		this.path = properties.data();
	}

	/**
	 * The folder, absolute, there and writable. Any thread may ask, any number of times.
	 * @throws StorageException if it cannot be made or written to
	 */
	public Path open() {
		try {
			create();
		}
		catch (FileAlreadyExistsException ex) {
			throw new StorageException("The data folder " + this.path + " is a file.",
					"Name a folder in usher.data, or move the file away.");
		}
		catch (IOException ex) {
			throw new StorageException("The data folder " + this.path + " cannot be made: " + reason(ex) + ".",
					"Name a folder in usher.data that this process may make and write to.");
		}
		if (!Files.isWritable(this.path)) {
			throw new StorageException("The data folder " + this.path + " cannot be written to by this process.",
					"Give the process the right to write there, or name another folder in usher.data.");
		}
		try {
			if (this.restricted.compareAndSet(false, true)) {
				OwnerOnly.folder(this.path);
			}
		}
		catch (IOException ex) {
			throw new StorageException("The data folder " + this.path + " cannot be read: " + reason(ex) + ".",
					"Give the process the right to read there, or name another folder in usher.data.");
		}
		return this.path;
	}

	private void create() throws IOException {
		if (Files.isDirectory(this.path)) {
			return;
		}
		Path parent = this.path.getParent();
		if (parent != null) {
			Files.createDirectories(parent);
		}
		if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
			Files.createDirectories(this.path,
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		}
		else {
			Files.createDirectories(this.path);
		}
	}

	private static String reason(IOException ex) {
		return (ex instanceof AccessDeniedException) ? "access is denied" : String.valueOf(ex.getMessage());
	}

}
