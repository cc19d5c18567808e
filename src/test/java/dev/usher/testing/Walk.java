package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Types what a page says to type into a shell, block after block into the same one, and
 * compares what is printed with what the page shows. Where a test cannot do as the page
 * says, it changes words of it (a port, a folder) or brings a function of the shell in
 * place of a command.
 */
public final class Walk {

	private static final Duration PATIENCE = Duration.ofMinutes(8);

	private static final String MARK = "--- typed ";

	/** Of other machines, or what other tests start on ports of their own. */
	private static final Pattern ELSEWHERE = Pattern
		.compile("(?m)^(?:\\w+=\\S+ )*(?:(?:mvn|docker|kubectl|pg_dump|pg_restore)\\b|java -"
				+ "|curl .*(?:gateway\\.example\\.org|10\\.0\\.0\\.))");

	private final Page page;

	private final Map<String, String> words = new LinkedHashMap<>();

	public Walk(Page page) {
		this.page = page;
	}

	/** Whether a block is not typed by a test. */
	public static boolean isElsewhere(Page.Block block) {
		return ELSEWHERE.matcher(block.code()).find();
	}

	/** Types other words in place of those of the page. */
	public Walk with(String words, Object others) {
		this.words.put(words, others.toString());
		return this;
	}

	/** A text of the page in those words. */
	public String reworded(String text) {
		String reworded = text;
		for (Map.Entry<String, String> each : this.words.entrySet()) {
			reworded = reworded.replace(each.getKey(), each.getValue());
		}
		return reworded;
	}

	/**
	 * Types it all. Ends with an error as soon as a command does.
	 * @param folder where the script and what it prints may be left
	 * @param before functions and variables, for {@code bash}
	 * @param after more commands, when all of the page is typed
	 * @return what was printed
	 */
	public String run(Path folder, String before, String after) {
		List<Page.Block> blocks = this.page.blocks();
		StringBuilder script = new StringBuilder("set -euo pipefail\n").append(before).append('\n');
		for (int i = 0; i < blocks.size(); i++) {
			if (isTyped(blocks.get(i))) {
				script.append("echo; echo '").append(MARK).append(i).append("'\n");
				script.append(reworded(blocks.get(i).code()));
			}
		}
		script.append("echo; echo '").append(MARK).append("end'\n").append(after).append('\n');
		String printed = run(folder, script.toString());
		for (int i = 0; i + 1 < blocks.size(); i++) {
			if (isTyped(blocks.get(i)) && blocks.get(i + 1).language().isEmpty()) {
				assertThat(printedBy(i, printed)).matches(pattern(blocks.get(i + 1).code()));
			}
		}
		return printed;
	}

	private static boolean isTyped(Page.Block block) {
		return block.language().equals("sh") && !isElsewhere(block);
	}

	private static String printedBy(int block, String printed) {
		return printed.split(MARK + block + "\n", 2)[1].split("\n" + MARK, 2)[0].strip();
	}

	/** With three dots for what differs each time. */
	private static Pattern pattern(String shown) {
		return Pattern.compile(".*" + Pattern.quote(shown.strip()).replace("…", "\\E.*\\Q"), Pattern.DOTALL);
	}

	private static String run(Path folder, String script) {
		Path output = folder.resolve("walk.out");
		try {
			Process shell = new ProcessBuilder("bash", Files.writeString(folder.resolve("walk.sh"), script).toString())
				.redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			boolean over = shell.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
			if (!over) {
				shell.descendants().forEach(ProcessHandle::destroyForcibly);
				shell.destroyForcibly();
			}
			String printed = Files.readString(output);
			assertThat(over).as("It did not end: " + printed).isTrue();
			assertThat(shell.exitValue()).as(printed).isZero();
			return printed;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
