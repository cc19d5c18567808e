package dev.usher.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may look into a data folder that was there before. */
@ExtendWith(OutputCaptureExtension.class)
class DataFolderTests {

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

	private Path file(String name) throws IOException {
		Path file = Files.createFile(this.folder.resolve(name));
		set(file, "rw-rw-r--");
		return file;
	}

	private void open() {
		new EmbeddedDatabase(new DataFolder(new StorageProperties(this.folder)).open());
	}

	@Test
	void folderWhenEmptyThenBecomesItsOwnersAloneAndSoIsTheDatabase() throws IOException {
		open();
		assertThat(of(this.folder)).isEqualTo("rwx------");
		assertThat(of(this.folder.resolve("usher.mv.db"))).isEqualTo("rw-------");
	}

	@Test
	void folderWhenItHoldsADatabaseOfBeforeThenThatBecomesItsOwnersAloneToo() throws IOException {
		Path database = file("usher.mv.db");
		Path trace = file("usher.trace.db");
		open();
		assertThat(of(this.folder)).isEqualTo("rwx------");
		assertThat(of(database)).isEqualTo("rw-------");
		assertThat(of(trace)).isEqualTo("rw-------");
	}

	@Test
	void folderWhenItHoldsWhatIsNotOursThenStaysAndOurFilesAreItsOwnersAlone(CapturedOutput output) throws IOException {
		Path foreign = file("report.txt");
		Path database = file("usher.mv.db");
		open();
		assertThat(of(this.folder)).isEqualTo("rwxr-xr-x");
		assertThat(of(foreign)).isEqualTo("rw-rw-r--");
		assertThat(of(database)).isEqualTo("rw-------");
		assertThat(output.getAll()).containsOnlyOnce("chmod 700 " + this.folder);
	}

	@Test
	void folderWhenItsOwnerMayDoLessThenStaysSo() throws IOException {
		Path database = file("usher.mv.db");
		set(database, "rw-------");
		set(this.folder, "rwx------");
		open();
		assertThat(of(this.folder)).isEqualTo("rwx------");
	}

}
