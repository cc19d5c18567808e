package dev.usher.storage;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes from everybody but the owner what they may do with the data folder and what is in
 * it, where the file system knows POSIX permissions. A folder that holds what is not ours
 * stays as it is, for others may need it; its files of ours are still the owner's alone.
 */
final class OwnerOnly {

	private static final Logger logger = LoggerFactory.getLogger(OwnerOnly.class);

	private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");

	private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

	/** The database's, and the key's. */
	private static final List<String> OURS = List.of("usher.", "signing.key");

	private OwnerOnly() {
	}

	static void folder(Path folder) throws IOException {
		if (!isPosix(folder)) {
			return;
		}
		List<Path> files;
		try (Stream<Path> all = Files.list(folder)) {
			files = all.toList();
		}
		files.stream().filter(OwnerOnly::isOfTheDatabase).forEach((file) -> restrict(file, FILE));
		boolean shared = !FOLDER.containsAll(Files.getPosixFilePermissions(folder));
		if (shared && !(files.stream().allMatch(OwnerOnly::isOurs) && restrict(folder, FOLDER))) {
			logger.warn("Others than its owner may look into the data folder {}. To keep them out run: chmod 700 {}",
					folder, folder);
		}
	}

	/** Makes a file before somebody else does who would let others read it. */
	static void file(Path file) throws IOException {
		if (isPosix(file)) {
			try {
				Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE));
			}
			catch (FileAlreadyExistsException ex) {
				restrict(file, FILE);
			}
		}
	}

	private static boolean isPosix(Path path) {
		return path.getFileSystem().supportedFileAttributeViews().contains("posix");
	}

	private static boolean isOurs(Path file) {
		return OURS.stream().anyMatch((prefix) -> file.getFileName().toString().startsWith(prefix));
	}

	/** The key's file says by itself that others can read it, and stops the start. */
	private static boolean isOfTheDatabase(Path file) {
		return isOurs(file) && !file.getFileName().toString().startsWith(OURS.get(1)) && Files.isRegularFile(file);
	}

	private static boolean restrict(Path path, Set<PosixFilePermission> allowed) {
		try {
			if (!allowed.containsAll(Files.getPosixFilePermissions(path))) {
				Files.setPosixFilePermissions(path, allowed);
			}
			return true;
		}
		catch (IOException ex) {
			logger.debug("The permissions of {} stay as they are", path, ex);
			return false;
		}
	}

}
