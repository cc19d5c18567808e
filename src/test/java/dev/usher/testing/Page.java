package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A page of the documents, and the code on it: what a page says to type is what a test
 * types.
 *
 * @param path such as {@code src/docs/deploying.md}
 * @param text all of it
 */
public record Page(Path path, String text) {

	private static final Path DOCUMENTS = Path.of("src/docs");

	private static final String FENCE = "```";

	public static Page of(String path) {
		return of(Path.of(path));
	}

	private static Page of(Path path) {
		try {
			return new Page(path, Files.readString(path));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Every page, the README first. */
	public static List<Page> all() {
		try (Stream<Path> files = Files.list(DOCUMENTS)) {
			TreeSet<Path> pages = new TreeSet<>(
					files.filter((file) -> file.getFileName().toString().endsWith(".md")).toList());
			return Stream.concat(Stream.of(Path.of("README.md")), pages.stream()).map(Page::of).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** All code between fences, from the top to the bottom. */
	public List<Block> blocks() {
		List<Block> blocks = new ArrayList<>();
		String heading = "";
		String language = null;
		StringBuilder code = new StringBuilder();
		for (String line : this.text.lines().toList()) {
			boolean fence = line.strip().startsWith(FENCE);
			if (fence && language == null) {
				language = line.strip().substring(FENCE.length());
			}
			else if (fence) {
				blocks.add(new Block(heading, language, code.toString()));
				language = null;
				code.setLength(0);
			}
			else if (language != null) {
				code.append(line).append('\n');
			}
			else if (line.startsWith("#")) {
				heading = line.replaceFirst("^#+ +", "");
			}
		}
		return blocks;
	}

	public List<Block> blocks(String language) {
		return blocks().stream().filter((block) -> block.language().equals(language)).toList();
	}

	/** The one block of a language under a heading. */
	public String block(String heading, String language) {
		List<Block> found = blocks(language).stream().filter((block) -> block.heading().equals(heading)).toList();
		if (found.size() != 1) {
			throw new AssertionError(
					found.size() + " blocks of " + language + " under " + heading + " of " + this.path);
		}
		return found.get(0).code();
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

	/**
	 * Code on a page.
	 *
	 * @param heading what it is under
	 * @param language what stands behind the first fence, {@code sh} for what is typed
	 * into a shell; nothing for what is shown
	 * @param code its lines
	 */
	public record Block(String heading, String language, String code) {

	}

}
