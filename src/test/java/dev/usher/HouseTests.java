package dev.usher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.usher.protocol.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.core.Violations;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The arrows between packages, and what stands in one place only. Each rule is shown to
 * bite: on the packages of {@code tangled}, which break every one of them.
 */
class HouseTests {

	private static final ImportOption TANGLED = (location) -> location.contains("/tangled/");

	private static final JavaClasses house = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("dev.usher");

	private static final JavaClasses tangled = new ClassFileImporter().importPackages("tangled");

	@Test
	void packagesWhenVerifiedThenEveryArrowIsAllowed() {
		ApplicationModules.of("dev.usher", new ImportOption.DoNotIncludeTests()).verify();
	}

	@Test
	void packagesWhenTangledThenVerifyingFindsTheCycleAndTheForbiddenArrow() {
		ApplicationModules modules = ApplicationModules.of("tangled", TANGLED);
		assertThatExceptionOfType(Violations.class).isThrownBy(modules::verify)
			.withMessageContaining("Cycle detected: Slice lower")
			.withMessageContaining("Module 'lower' depends on module 'upper'");
	}

	static Stream<ArchRule> rules() {
		ArchRule messagingStaysInItsRooms = noClasses().that()
			.resideOutsideOfPackages("dev.usher.socket..", "dev.usher.messaging..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.messaging..");
		Stream<ArchRule> names = Stream.of("Impl", "Manager", "Util", "Utils", "Helper")
			.map((name) -> noClasses().should().haveSimpleNameEndingWith(name));
		return Stream.concat(Stream.of(messagingStaysInItsRooms), names);
	}

	@ParameterizedTest
	@MethodSource("rules")
	void rulesWhenCheckedThenTheHouseKeepsThem(ArchRule rule) {
		rule.check(house);
	}

	@Test
	void rulesWhenCheckedOnTheTangledPackagesThenTheyBite() {
		assertThat(rules().limit(2)).allSatisfy((rule) -> assertThat(rule.evaluate(tangled).hasViolation()).isTrue());
	}

	/** A JDK is all that its jar needs. Shown to bite on the package above it. */
	@Test
	void clientInJavaWhenCheckedThenUsesTheJdkAloneAndNobodyUsesIt() {
		assertThat(usesTheJdkAlone("dev.usher.client.java").evaluate(house).hasViolation()).isFalse();
		assertThat(usesTheJdkAlone("dev.usher.client").evaluate(house).hasViolation()).isTrue();
		noClasses().that()
			.resideOutsideOfPackage("dev.usher.client.java")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.usher.client.java")
			.check(house);
	}

	private static ArchRule usesTheJdkAlone(String name) {
		return classes().that()
			.resideInAPackage(name)
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage(name, "java..", "org.jspecify.annotations", "org.springframework.modulith");
	}

	@Test
	void typesWhenNamedThenNoTwoShareASimpleName() {
		assertThat(sharedNames(house)).isEmpty();
	}

	@Test
	void typesWhenNamedTwiceInTheTangledPackagesThenTheirNameIsFound() {
		assertThat(sharedNames(tangled)).containsExactly("Twin");
	}

	/**
	 * The names of top-level types that another type has too, nested or not. Two nested
	 * types may share a name: each is read with the name of the type around it.
	 */
	private static Set<String> sharedNames(JavaClasses classes) {
		Set<String> topLevel = new HashSet<>();
		Set<String> shared = new TreeSet<>();
		for (JavaClass each : classes) {
			if (each.isTopLevelClass() && !each.getSimpleName().equals("package-info")
					&& !topLevel.add(each.getSimpleName())) {
				shared.add(each.getSimpleName());
			}
		}
		for (JavaClass each : classes) {
			if (!each.isTopLevelClass() && topLevel.contains(each.getSimpleName())) {
				shared.add(each.getSimpleName());
			}
		}
		return shared;
	}

	/** The page is what strangers program against; the enum is what they meet. */
	@Test
	void protocolPageWhenReadThenItsTableOfReasonsIsTheOneInCode() throws IOException {
		Pattern row = Pattern.compile("^\\| `(\\w+)` \\| (4\\d{3}) \\| `?(\\w+)`? \\|", Pattern.MULTILINE);
		Matcher matcher = row.matcher(Files.readString(Path.of("src/docs/protocol.md")));
		Map<String, String> written = new LinkedHashMap<>();
		while (matcher.find()) {
			written.put(matcher.group(1), matcher.group(2) + " " + matcher.group(3));
		}
		Map<String, String> coded = new LinkedHashMap<>();
		Arrays.stream(Reason.values())
			.filter(Reason::endsConnection)
			.forEach((reason) -> coded.put(reason.code(),
					reason.closeStatus() + " " + reason.retry().orElseThrow().word()));
		assertThat(written).containsExactlyInAnyOrderEntriesOf(coded);
	}

	@Test
	void reasonsWhenTheyEndAConnectionThenTheirNumberSaysWhetherToComeBack() {
		assertThat(Reason.values()).filteredOn(Reason::endsConnection).allSatisfy((reason) -> {
			boolean comeBack = reason.retry().orElseThrow() == Reason.Retry.RECONNECT
					|| reason.retry().orElseThrow() == Reason.Retry.REFRESH;
			assertThat(reason.closeStatus()).isBetween((comeBack) ? 4002 : 4500, (comeBack) ? 4499 : 4999);
		});
		assertThat(Reason.values()).extracting(Reason::code).doesNotHaveDuplicates();
		assertThat(Reason.values()).filteredOn(Reason::endsConnection)
			// A frame that was refused, as by bad_frame, with a code that says more.
			.filteredOn((reason) -> reason != Reason.UNKNOWN_USER)
			.extracting(Reason::closeStatus)
			.doesNotHaveDuplicates();
	}

}
