package dev.usher.monitoring;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the alerts wait for, by the tool of Prometheus. */
class AlertsTests {

	/** Read every 15 s: {@code brief} is over after 30 s, {@code lasting} goes on. */
	private static final String CASE = """
			rule_files: ["%s"]
			evaluation_interval: 15s
			tests:
			  - interval: 15s
			    input_series:
			      - series: '%s{%sinstance="brief"}'
			        values: '0x8 1 2 2x40'
			      - series: '%s{%sinstance="lasting"}'
			        values: '0x8 1+1x40'
			    promql_expr_test:
			      - expr: count by (instance) (count_over_time(ALERTS{alertname="%s",alertstate="firing"}[10m]))
			        eval_time: 10m
			        exp_samples:
			          - {labels: '{instance="lasting"}', value: 1}
			""";

	@ParameterizedTest
	@CsvSource({ "UsherStorageUnavailable,usher_publish_results_total,'result=\"storage_unavailable\",'",
			"UsherBusLoses,usher_bus_lost_total,''" })
	void alertWhenWhatItTellsIsOverWithinAMinuteThenItNeverFires(String alert, String family, String labels,
			@TempDir Path folder) throws Exception {
		if (!"required".equals(System.getProperty("test.prometheus"))) {
			Assumptions.assumeTrue(Prometheus.isInstalled(), "this machine has no prometheus and promtool");
		}
		Path input = Files.writeString(folder.resolve("case.yaml"), CASE.formatted(
				Path.of("src/docs/grafana/alerts.yaml").toAbsolutePath(), family, labels, family, labels, alert));
		assertThat(Prometheus.promtool(input, "test", "rules", input.toString())).isEmpty();
	}

}
