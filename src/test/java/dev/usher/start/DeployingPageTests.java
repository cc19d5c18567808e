package dev.usher.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.usher.testing.Page;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/** What stands on the page on deploying for systemd and Kubernetes to read. */
class DeployingPageTests {

	private static final Page PAGE = Page.of("src/docs/deploying.md");

	/** {@code usher.drain}, and what an end takes beside it. */
	private static final Duration END = Duration.ofSeconds(20 + 15);

	@Test
	void unitWhenSystemdReadsItThenFindsNothingWrong(@TempDir Path folder) throws Exception {
		Path unit = Files.writeString(folder.resolve("usher.service"), PAGE.block("systemd", "ini")
			.replace("/usr/bin/java", Path.of(System.getProperty("java.home"), "bin/java").toString()));
		assertThat(Files.readString(unit)).containsPattern("TimeoutStopSec=(\\d+)");
		assertThat(Integer.parseInt(Files.readString(unit).replaceAll("(?s).*TimeoutStopSec=(\\d+).*", "$1")))
			.isGreaterThanOrEqualTo((int) END.toSeconds());
		Assumptions.assumeTrue(isThere("systemd-analyze"));
		Process verify = new ProcessBuilder("systemd-analyze", "verify", "--man=no", unit.toString())
			.redirectErrorStream(true)
			.start();
		String said = new String(verify.getInputStream().readAllBytes());
		assertThat(verify.waitFor(1, TimeUnit.MINUTES)).isTrue();
		assertThat(said).doesNotContain("usher.service");
		assertThat(verify.exitValue()).as(said).isZero();
	}

	private static boolean isThere(String program) {
		return Stream.of(System.getenv("PATH").split(":"))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, program)));
	}

	@Test
	void manifestsWhenReadThenFitTogether() {
		Map<String, Map<?, ?>> manifests = manifests();
		Map<?, ?> deployment = manifests.get("Deployment");
		Map<?, ?> pod = map(deployment, "spec", "template", "spec");
		Map<?, ?> container = (Map<?, ?>) ((List<?>) pod.get("containers")).get(0);
		Map<?, ?> labels = map(deployment, "spec", "template", "metadata", "labels");
		assertThat(map(deployment, "spec", "selector", "matchLabels")).isEqualTo(labels);
		assertThat(map(manifests.get("Service"), "spec", "selector")).isEqualTo(labels);
		assertThat(map(manifests.get("PodDisruptionBudget"), "spec", "selector", "matchLabels")).isEqualTo(labels);
		assertThat(values(container, "secretKeyRef").<Object>map((each) -> each.get("key")))
			.containsExactlyInAnyOrder(map(manifests.get("Secret"), "stringData").keySet().toArray());
		assertThat(names(container.get("volumeMounts"))).isEqualTo(names(pod.get("volumes")));
		assertThat(names(container.get("ports"))).contains("http", "metrics");
	}

	@Test
	void podWhenItEndsThenHasTheTimeToDrain() {
		Map<?, ?> pod = map(manifests().get("Deployment"), "spec", "template", "spec");
		Map<?, ?> container = (Map<?, ?>) ((List<?>) pod.get("containers")).get(0);
		int pause = (Integer) map(container, "lifecycle", "preStop", "sleep").get("seconds");
		assertThat((Integer) pod.get("terminationGracePeriodSeconds"))
			.isGreaterThanOrEqualTo((int) END.toSeconds() + pause);
	}

	@Test
	void probesWhenAskedThenAreOfPathsThatHealthIsAnsweredAt() {
		Set<String> paths = new TreeSet<>();
		values(manifests().get("Deployment"), "httpGet").forEach((probe) -> {
			assertThat(probe.get("port")).isEqualTo("http");
			paths.add(String.valueOf(probe.get("path")));
		});
		assertThat(paths).containsExactly("/actuator/health/liveness", "/actuator/health/readiness");
	}

	private static Map<String, Map<?, ?>> manifests() {
		Map<String, Map<?, ?>> manifests = new java.util.TreeMap<>();
		for (Object each : new Yaml().loadAll(PAGE.block("Kubernetes", "yaml"))) {
			Map<?, ?> manifest = (Map<?, ?>) each;
			manifests.put(String.valueOf(manifest.get("kind")), manifest);
		}
		return manifests;
	}

	private static Map<?, ?> map(Map<?, ?> from, String... path) {
		Map<?, ?> map = from;
		for (String key : path) {
			assertThat(map.get(key)).as(key).isInstanceOf(Map.class);
			map = (Map<?, ?>) map.get(key);
		}
		return map;
	}

	/** Every map that is the value of a key, however deep. */
	private static Stream<Map<?, ?>> values(Object node, String key) {
		List<Map<?, ?>> found = new ArrayList<>();
		if (node instanceof Map<?, ?> map) {
			if (map.get(key) instanceof Map<?, ?> value) {
				found.add(value);
			}
			map.values().forEach((value) -> values(value, key).forEach(found::add));
		}
		else if (node instanceof List<?> list) {
			list.forEach((value) -> values(value, key).forEach(found::add));
		}
		return found.stream();
	}

	private static Set<String> names(Object list) {
		Set<String> names = new TreeSet<>();
		((List<?>) list).forEach((each) -> names.add(String.valueOf(((Map<?, ?>) each).get("name"))));
		return names;
	}

}
