package dev.usher.token;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/**
 * The master key in a file of the data folder: 32 bytes in base64, readable by its owner
 * alone. Where the file system knows no POSIX permissions, who may read it is left to the
 * folder.
 */
final class MasterKeyFile {

	static final String NAME = "signing.key";

	/** 44 characters of base64 and some line end; anything longer is some other file. */
	private static final int MAX_LENGTH = 128;

	private static final Set<PosixFilePermission> OWNER_ONLY = EnumSet.of(PosixFilePermission.OWNER_READ,
			PosixFilePermission.OWNER_WRITE);

	private static final Set<PosixFilePermission> OWNER = EnumSet.of(PosixFilePermission.OWNER_READ,
			PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

	private final Path file;

	MasterKeyFile(Path folder) {
		this.file = folder.resolve(NAME).toAbsolutePath().normalize();
	}

	/** Whether there is one. */
	boolean exists() {
		return Files.exists(this.file);
	}

	/**
	 * Reads the key from the file: 32 bytes in base64.
	 * @throws UnusableKeyException where it is missing, malformed or readable by others
	 */
	MasterKey read() {
		try {
			checkPermissions();
			String text = (Files.size(this.file) <= MAX_LENGTH)
					? Files.readString(this.file, StandardCharsets.ISO_8859_1).strip() : "";
			return new MasterKey(Base64.getDecoder().decode(text), this.file.toString());
		}
		catch (NoSuchFileException ex) {
			throw new UnusableKeyException(
					"The database holds signing keys, but the file " + this.file + " that decrypts them is missing.",
					"Put the file back, or set usher.token.key to the key the other nodes use."
							+ " If the key is lost, empty the table signing_keys; every access token dies with it.");
		}
		catch (IllegalArgumentException ex) {
			throw new UnusableKeyException(
					"The file " + this.file + " is no master key: it must hold 32 bytes in base64.",
					"Put the right file back. If it is lost, delete it and empty the table signing_keys;"
							+ " every access token dies with it.");
		}
		catch (IOException ex) {
			throw unreadable(ex);
		}
	}

	private void checkPermissions() throws IOException {
		if (!isPosix()) {
			return;
		}
		Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(this.file);
		if (!OWNER.containsAll(permissions)) {
			throw new UnusableKeyException(
					"The file " + this.file + " can be read or written by others than its owner ("
							+ PosixFilePermissions.toString(permissions) + "); whoever reads it can mint any token.",
					"Run: chmod 600 " + this.file);
		}
	}

	/**
	 * Makes a key unless another process was faster, and reads whichever is there. The
	 * file appears whole or not at all: it is written aside and then linked to its name.
	 * @throws UnusableKeyException where it cannot be written
	 */
	MasterKey create() {
		try {
			Files.createDirectories(this.file.getParent());
			Path aside = Files.createTempFile(this.file.getParent(), NAME, ".new", attributes());
			try {
				write(aside);
				publish(aside);
			}
			finally {
				Files.deleteIfExists(aside);
			}
		}
		catch (IOException ex) {
			throw unreadable(ex);
		}
		return read();
	}

	private void write(Path aside) throws IOException {
		byte[] text = (Base64.getEncoder().encodeToString(MasterKey.newKey()) + "\n")
			.getBytes(StandardCharsets.ISO_8859_1);
		try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap(text));
			// A key lost with the power would take the signing keys with it.
			channel.force(true);
		}
	}

	private void publish(Path aside) throws IOException {
		try {
			Files.createLink(this.file, aside);
		}
		catch (FileAlreadyExistsException ex) {
			return;
		}
		catch (UnsupportedOperationException | FileSystemException ex) {
			// No hard links here. Not replacing, so that a key in use stays.
			Files.move(aside, this.file);
		}
	}

	private FileAttribute<?>[] attributes() {
		return isPosix() ? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(OWNER_ONLY) }
				: new FileAttribute<?>[0];
	}

	private boolean isPosix() {
		return this.file.getFileSystem().supportedFileAttributeViews().contains("posix");
	}

	private UnusableKeyException unreadable(IOException ex) {
		return new UnusableKeyException("The file " + this.file + " cannot be read or written: " + ex,
				"Let the user that runs the gateway own the folder usher.data names.");
	}

}
