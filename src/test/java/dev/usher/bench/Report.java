package dev.usher.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The figures of all servers, and the table of them: a row for each figure, the median of
 * the runs, its spread, and its ratio to the floor, or to the stock application or the
 * NATS server where that takes no part.
 */
final class Report {

	private final Map<String, Map<String, List<Double>>> figures = new LinkedHashMap<>();

	private final Set<String> notes = new TreeSet<>();

	/** One more value of a figure, which is printed at once as well. */
	void add(String figure, Contender contender, double value) {
		System.out.printf(Locale.ROOT, "  %-6s %s: %.2f%n", contender.name(), figure, value);
		this.figures.computeIfAbsent(figure, (key) -> new LinkedHashMap<>())
			.computeIfAbsent(contender.name(), (key) -> new ArrayList<>())
			.add(value);
	}

	/** Something the reader has to know beside the figures. */
	void note(String text) {
		this.notes.add(text);
	}

	/** The table as plain text. */
	String table(List<Contender> contenders) {
		List<String[]> rows = new ArrayList<>();
		String base = base(contenders);
		rows.add(header(contenders, base));
		this.figures.forEach((figure, values) -> rows.add(row(figure, values, contenders, base)));
		int[] widths = new int[rows.get(0).length];
		Arrays.fill(widths, 1);
		for (String[] row : rows) {
			for (int i = 0; i < row.length; i++) {
				widths[i] = Math.max(widths[i], row[i].length());
			}
		}
		StringBuilder table = new StringBuilder();
		for (String[] row : rows) {
			for (int i = 0; i < row.length; i++) {
				String format = (i == 0) ? "%-" + widths[i] + "s" : "  %" + widths[i] + "s";
				table.append(String.format(Locale.ROOT, format, row[i]));
			}
			table.append('\n');
		}
		this.notes.forEach((note) -> table.append("- ").append(note).append('\n'));
		return table.toString();
	}

	private static String base(List<Contender> contenders) {
		List<String> names = contenders.stream().map(Contender::name).toList();
		return Stream.of(Contender.FLOOR, Contender.STOCK, Contender.NATS)
			.filter(names::contains)
			.findFirst()
			.orElse(Contender.USHER);
	}

	private static String[] header(List<Contender> contenders, String base) {
		List<String> cells = new ArrayList<>(List.of("median of the runs (least - most)"));
		for (Contender contender : contenders) {
			cells.add(contender.name());
			cells.add(contender.name().equals(base) ? "" : "/ " + base);
		}
		return cells.toArray(String[]::new);
	}

	private static String[] row(String figure, Map<String, List<Double>> values, List<Contender> contenders,
			String base) {
		double reference = median(values.get(base));
		List<String> cells = new ArrayList<>(List.of(figure));
		for (Contender contender : contenders) {
			List<Double> mine = values.get(contender.name());
			cells.add(text(mine));
			double ratio = median(mine) / reference;
			cells.add(contender.name().equals(base) ? "" : Double.isFinite(ratio) ? "x " + number(ratio) : "-");
		}
		return cells.toArray(String[]::new);
	}

	private static String text(@Nullable List<Double> values) {
		double[] sorted = sorted(values);
		if (sorted.length == 0) {
			return "-";
		}
		String spread = (sorted.length == 1) ? ""
				: " (" + number(sorted[0]) + " - " + number(sorted[sorted.length - 1]) + ")";
		return number(median(values)) + spread;
	}

	private static double median(@Nullable List<Double> values) {
		double[] sorted = sorted(values);
		int middle = sorted.length / 2;
		if (sorted.length == 0) {
			return Double.NaN;
		}
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

	private static double[] sorted(@Nullable List<Double> values) {
		double[] sorted = (values == null) ? new double[0]
				: values.stream().filter((value) -> !value.isNaN()).mapToDouble(Double::doubleValue).toArray();
		Arrays.sort(sorted);
		return sorted;
	}

	private static String number(double value) {
		if (Double.isInfinite(value)) {
			return "never";
		}
		double size = Math.abs(value);
		return String.format(Locale.ROOT, (size >= 100 || value == 0) ? "%,.0f" : (size >= 10) ? "%.1f" : "%.2f",
				value);
	}

}
