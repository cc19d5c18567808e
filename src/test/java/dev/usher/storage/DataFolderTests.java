package dev.usher.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may look into a data folder that was there before. */
@ExtendWith(OutputCaptureExtension.class)
class DataFolderTests extends DataFolderFixture {

	private Path file(String name) throws IOException {
		Path file = Files.createFile(folder().resolve(name));
		set(file, "rw-rw-r--");
		return file;
	}

	private void open() {
		new EmbeddedDatabase(new DataFolder(new StorageProperties(folder())).open());
	}

	@Test
	void folderWhenEmptyThenBecomesItsOwnersAloneAndSoIsTheDatabase() throws IOException {
		open();
		assertThat(of(folder())).isEqualTo("rwx------");
		assertThat(of(folder().resolve("usher.mv.db"))).isEqualTo("rw-------");
	}

	@Test
	void folderWhenItHoldsADatabaseOfBeforeThenThatBecomesItsOwnersAloneToo() throws IOException {
		Path database = file("usher.mv.db");
		Path trace = file("usher.trace.db");
		open();
		assertThat(of(folder())).isEqualTo("rwx------");
		assertThat(of(database)).isEqualTo("rw-------");
		assertThat(of(trace)).isEqualTo("rw-------");
	}

	@Test
	void folderWhenItHoldsWhatIsNotOursThenStaysAndOurFilesAreItsOwnersAlone(CapturedOutput output) throws IOException {
		Path foreign = file("report.txt");
		Path database = file("usher.mv.db");
		open();
		assertThat(of(folder())).isEqualTo("rwxr-xr-x");
		assertThat(of(foreign)).isEqualTo("rw-rw-r--");
		assertThat(of(database)).isEqualTo("rw-------");
		assertThat(output.getAll()).containsOnlyOnce("chmod 700 " + folder());
	}

	@Test
	void folderWhenItsOwnerMayDoLessThenStaysSo() throws IOException {
		Path database = file("usher.mv.db");
		set(database, "rw-------");
		set(folder(), "rwx------");
		open();
		assertThat(of(folder())).isEqualTo("rwx------");
	}

}
