package dev.usher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.testing.Page;
import dev.usher.testing.Walk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** That a reader of the pages finds the way. */
class PagesTests {

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

	private static final Pattern FENCED = Pattern.compile("(?ms)^\\s*```.*?^\\s*```\\s*$");

	/** By {@code DemoIT} and {@code DeployingPageIT}. */
	private static final Set<String> WALKED = Set.of("README.md", "src/docs/deploying.md");

	/** Without a prompt nothing else tells it from what is shown. */
	private static final Pattern COMMAND = Pattern
		.compile("^(?:\\w+=\\S+ )*(?:curl|java|node|docker|systemctl|openssl|kubectl|npm) ");

	private static final int README_LINES = 180;

	/** With fewer parts a page is seen at a glance. */
	private static final int FEW = 3;

	static List<Page> pages() {
		return Page.all();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void linksWhenFollowedThenEachLeadsToAFileAndAHeading(Page page) {
		Set<String> broken = new TreeSet<>();
		Matcher link = LINK.matcher(withoutCode(page));
		while (link.find()) {
			if (!link.group(1).matches("[a-z]+:.*") && !leadsSomewhere(page, link.group(1))) {
				broken.add(link.group(1));
			}
		}
		assertThat(broken).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void partsWhenThereAreManyThenEachIsInTheTableOfContents(Page page) {
		String text = withoutCode(page);
		int first = text.indexOf("\n## ");
		List<String> parts = text.lines().filter((line) -> line.startsWith("## ")).toList();
		if (parts.size() <= FEW || page.path().endsWith("README.md")) {
			return;
		}
		List<String> anchors = anchors(page, "## ");
		String contents = text.substring(0, first);
		assertThat(anchors).filteredOn((anchor) -> !contents.contains("](#" + anchor + ")")).isEmpty();
	}

	@Test
	void readmeWhenReadThenTakesOneSitting() {
		assertThat(Page.of("README.md").text().lines().count()).isLessThanOrEqualTo(README_LINES);
	}

	@Test
	void pagesWhenLookedForThenEachIsInTheReadme() {
		String readme = Page.of("README.md").text();
		assertThat(Page.all())
			.filteredOn((page) -> !page.path().endsWith("README.md") && !readme.contains("](" + page + ")"))
			.isEmpty();
	}

	/** What is typed is marked, and a test types it, or it is for other machines. */
	@ParameterizedTest
	@MethodSource("pages")
	void commandsWhenOnAPageThenAreTypedByATest(Page page) {
		assertThat(page.blocks("sh")).allMatch((block) -> WALKED.contains(page.toString()) || Walk.isElsewhere(block));
		assertThat(page.blocks("")).allMatch((block) -> !COMMAND.matcher(block.code()).find());
	}

	private static boolean leadsSomewhere(Page page, String link) {
		String[] parts = link.split("#", 2);
		Path folder = page.path().toAbsolutePath().getParent();
		Path target = parts[0].isEmpty() ? page.path() : folder.resolve(parts[0]).normalize();
		if (!Files.exists(target)) {
			return false;
		}
		return parts.length == 1 || anchors(Page.of(target.toString()), "#").contains(parts[1]);
	}

	/** The names of headings, as they are made where pages are shown. */
	private static List<String> anchors(Page page, String prefix) {
		Map<String, Integer> seen = new HashMap<>();
		List<String> anchors = new ArrayList<>();
		withoutCode(page).lines().filter((line) -> line.startsWith("#")).forEach((line) -> {
			String anchor = line.replaceFirst("^#+ +", "")
				.toLowerCase(Locale.ROOT)
				.replaceAll("[^\\p{L}\\p{N} _-]", "")
				.replace(' ', '-');
			int times = seen.merge(anchor, 1, Integer::sum);
			if (line.startsWith(prefix)) {
				anchors.add((times == 1) ? anchor : anchor + "-" + (times - 1));
			}
		});
		return anchors;
	}

	private static String withoutCode(Page page) {
		return FENCED.matcher(page.text()).replaceAll("");
	}

}
