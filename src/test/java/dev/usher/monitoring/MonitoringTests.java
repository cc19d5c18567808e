package dev.usher.monitoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.testing.Await;
import dev.usher.testing.Postgres;
import dev.usher.testing.RedisServer;
import dev.usher.testing.Scrape;
import dev.usher.testing.TestGateway;
import dev.usher.testing.TestIssuer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is told to Prometheus, and what the page, the board and the alerts make of it,
 * held against a gateway with all there is: a bus, an issuer, a named destination. What
 * needs a Prometheus of this machine is skipped where there is none, unless
 * {@code usher.prometheus} is {@code required}.
 */
class MonitoringTests {

	private static final Path PAGE = Path.of("src/docs/monitoring.md");

	private static final Path BOARD = Path.of("src/docs/grafana/usher.json");

	private static final Path ALERTS = Path.of("src/docs/grafana/alerts.yaml");

	private static final Pattern ROW = Pattern
		.compile("(?m)^\\| `(usher_\\w+)` \\| (\\w+) \\| ((?:`\\w+`(?:, )?)*) ?\\| \\S.* \\|$");

	private static final Pattern WORD = Pattern.compile("`(\\w+)`");

	/** What tells a firing alert from others, at the end of its expression. */
	private static final Pattern THRESHOLD = Pattern.compile("^(.*) (?:>|<) ([\\d.]+)$", Pattern.DOTALL);

	/** At any value from the start: what is there, and what is allowed. */
	private static final Set<String> NEVER_ZERO = Set.of("usher_build_info", "usher_nodes",
			"usher_outbound_limit_bytes", "usher_store_limit_messages");

	/** What happens to a node before somebody speaks to it. */
	private static final Set<String> OWN_PACE = Set.of("usher_clock_skew_seconds", "usher_signing_key_age_seconds",
			"usher_issuer_keys_age_seconds", "usher_changes_lag_seconds");

	private static RedisServer redis;

	private static TestIssuer issuer;

	private static TestGateway gateway;

	private static Scrape fresh;

	@BeforeAll
	static void start() {
		redis = RedisServer.start();
		issuer = new TestIssuer();
		gateway = TestGateway.start(redis.properties("management.server.port=0", "usher.cluster.node=one",
				"spring.datasource.url=" + Postgres.newMigratedDatabase(),
				"usher.token.key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
				"usher.issuers[1].issuer=" + issuer.issuer(), "usher.issuers[1].audience=" + TestIssuer.AUDIENCE,
				"usher.issuers[1].jwk-set-uri=" + issuer.jwkSetUri(), "usher.metrics.destinations=/queue/work"));
		// What depends on the database is no number until it was asked for the first
		// time.
		Await.until(() -> {
			fresh = scrape();
			return own(fresh).stream()
				.flatMap((family) -> family.samples().stream())
				.noneMatch((sample) -> Double.isNaN(sample.value()));
		});
	}

	@AfterAll
	static void stop() {
		if (gateway != null) {
			gateway.close();
		}
		issuer.close();
		redis.close();
	}

	private static String port() {
		return gateway.bean(Environment.class).getRequiredProperty("local.management.port");
	}

	private static Scrape scrape() {
		return Scrape.of(port());
	}

	private static void needsPrometheus() {
		if (!"required".equals(System.getProperty("test.prometheus"))) {
			Assumptions.assumeTrue(Prometheus.isInstalled(), "this machine has no prometheus and promtool");
		}
	}

	@Test
	void familiesWhenAGatewayIsFreshThenEachHasHelpAndIsThereAtZero() {
		assertThat(fresh.families().values()).filteredOn((family) -> family.help().isBlank()).isEmpty();
		assertThat(own(fresh)).hasSizeGreaterThan(40);
		for (Scrape.Family family : own(fresh)) {
			assertThat(family.samples()).as(family.name()).isNotEmpty();
			if (!NEVER_ZERO.contains(family.name()) && !OWN_PACE.contains(family.name())
					&& !family.name().startsWith("usher_bus_")) {
				assertThat(family.samples()).as(family.name()).allMatch((sample) -> sample.value() == 0);
			}
		}
	}

	/** Seconds and bytes, and a total only of what counts. */
	@Test
	void familiesWhenTheyHaveAUnitThenItIsABaseUnit() {
		assertThat(own(fresh)).allSatisfy((family) -> {
			assertThat(family.name()).doesNotContainPattern("_(ms|millis|milliseconds|nanos|kb|mb|minutes|hours)(_|$)");
			assertThat(family.name().endsWith("_total")).isEqualTo(family.kind().equals("counter"));
			assertThat(family.samples().size()).as(family.name()).isLessThan(200);
		});
	}

	@Test
	void pageWhenComparedThenItsTableHasEachFamilyWithItsKindAndItsLabels() throws IOException {
		Map<String, String> written = new TreeMap<>();
		Matcher row = ROW.matcher(Files.readString(PAGE));
		while (row.find()) {
			Set<String> labels = new TreeSet<>(
					WORD.matcher(row.group(3)).results().map((word) -> word.group(1)).toList());
			assertThat(written.put(row.group(1), row.group(2) + " " + labels)).as(row.group(1)).isNull();
		}
		Map<String, String> told = new TreeMap<>();
		own(fresh).forEach((family) -> told.put(family.name(), family.kind() + " " + family.labels()));
		assertThat(written).isEqualTo(told);
	}

	/** But for the largest value of late, which stands beside each time. */
	private static List<Scrape.Family> own(Scrape scrape) {
		return scrape.families()
			.values()
			.stream()
			.filter((family) -> family.name().startsWith("usher_"))
			.filter((family) -> !scrape.families().containsKey(family.name().replaceFirst("_max$", ""))
					|| !family.name().endsWith("_max"))
			.toList();
	}

	@Test
	void gatewayWhenThereIsTrafficThenPromtoolTheBoardAndTheAlertsFindWhatTheyAskFor(@TempDir Path folder)
			throws Exception {
		needsPrometheus();
		assertThat(promtool(folder, fresh)).isEmpty();
		assertThat(Prometheus.promtool(ALERTS, "check", "rules", ALERTS.toString())).isEmpty();
		List<String> queries = new ArrayList<>(board());
		queries.addAll(behindAlerts());
		assertThat(queries).hasSizeGreaterThan(70);
		try (Prometheus prometheus = Prometheus.start("127.0.0.1:" + port(), ALERTS);
				Traffic traffic = Traffic.through(gateway)) {
			Await.within(150, () -> {
				assertThat(traffic.failure()).isNull();
				queries.removeIf(prometheus::hasData);
				return queries.isEmpty() && areEvaluated(prometheus.rules());
			});
			assertThat(promtool(folder, scrape())).isEmpty();
		}
		catch (AssertionError ex) {
			throw new AssertionError("Without data: " + queries, ex);
		}
	}

	private static String promtool(Path folder, Scrape scrape) throws Exception {
		return Prometheus.promtool(Files.writeString(folder.resolve("scrape"), scrape.text()), "check", "metrics");
	}

	/** What each panel asks, as Grafana would ask it. */
	private static List<String> board() throws IOException {
		List<String> queries = new ArrayList<>();
		for (JsonNode panel : new JsonMapper().readTree(Files.readString(BOARD)).path("panels")) {
			for (JsonNode target : panel.path("targets")) {
				queries
					.add(target.path("expr").asString().replace("$__rate_interval", "15s").replace("$instance", ".*"));
			}
		}
		return queries;
	}

	/** The side of each alert's expression that is compared with its threshold. */
	private static List<String> behindAlerts() throws IOException {
		List<String> sides = new ArrayList<>();
		Files.readString(ALERTS).lines().filter((line) -> line.strip().startsWith("expr: ")).forEach((line) -> {
			Matcher expression = THRESHOLD.matcher(line.strip().substring("expr: ".length()));
			assertThat(expression.matches()).as(line).isTrue();
			sides.add(expression.group(1));
		});
		return sides;
	}

	@Test
	void pageWhenComparedThenItsTableHasEachAlert() throws IOException {
		assertThat(Pattern.compile("(?m)^\\| `(Usher\\w+)` \\| \\S.* \\| \\S.* \\|$")
			.matcher(Files.readString(PAGE))
			.results()
			.map((row) -> row.group(1)))
			.containsExactlyElementsOf(Files.readString(ALERTS)
				.lines()
				.filter((line) -> line.strip().startsWith("- alert: "))
				.map((line) -> line.strip().substring("- alert: ".length()))
				.toList());
	}

	private static boolean areEvaluated(JsonNode groups) {
		int rules = 0;
		for (JsonNode group : groups) {
			for (JsonNode rule : group.path("rules")) {
				if (!rule.path("health").asString().equals("ok")) {
					return false;
				}
				rules++;
			}
		}
		return rules > 20;
	}

}
