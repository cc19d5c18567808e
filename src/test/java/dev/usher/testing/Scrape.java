package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What Prometheus is told at one moment, by families, in the text format 0.0.4. */
public final class Scrape {

	private static final Pattern HELP = Pattern.compile("# HELP (\\S+) ?(.*)");

	private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");

	private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)\\})? (\\S+)");

	private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

	private final String text;

	private final Map<String, Family> families = new TreeMap<>();

	private Scrape(String text) {
		this.text = text;
		text.lines().forEach(this::read);
	}

	/** Asks the management port of this machine. */
	public static Scrape of(String port) {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/prometheus"))
			.timeout(Duration.ofSeconds(20))
			.build();
		try {
			return new Scrape(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void read(String line) {
		Matcher help = HELP.matcher(line);
		Matcher type = TYPE.matcher(line);
		Matcher sample = SAMPLE.matcher(line);
		if (help.matches()) {
			this.families.put(help.group(1), new Family(help.group(1), help.group(2), new ArrayList<>(), ""));
		}
		else if (type.matches()) {
			this.families.computeIfPresent(type.group(1), (name, family) -> family.of(type.group(2)));
		}
		else if (sample.matches()) {
			Map<String, String> labels = new TreeMap<>();
			Matcher label = LABEL.matcher((sample.group(2) != null) ? sample.group(2) : "");
			while (label.find()) {
				labels.put(label.group(1), label.group(2));
			}
			familyOf(sample.group(1)).samples()
				.add(new Sample(sample.group(1), labels, Double.parseDouble(sample.group(3))));
		}
	}

	private Family familyOf(String sample) {
		Family family = this.families.get(sample);
		if (family == null) {
			family = this.families.get(sample.replaceFirst("_(bucket|sum|count)$", ""));
		}
		if (family == null) {
			throw new AssertionError(sample + " has no family");
		}
		return family;
	}

	public String text() {
		return this.text;
	}

	public Map<String, Family> families() {
		return this.families;
	}

	/** The sum of the samples of a name that have these labels, {@code name=value}. */
	public double sum(String name, String... labels) {
		return familyOf(name).samples()
			.stream()
			.filter((sample) -> sample.name().equals(name) && Arrays.stream(labels).allMatch(sample::has))
			.mapToDouble(Sample::value)
			.sum();
	}

	/**
	 * All samples that have the same name before the first underscore of labels.
	 *
	 * @param name as in the line of its help
	 * @param help the text, empty where there is none
	 * @param samples its values
	 * @param kind counter, gauge, histogram, summary
	 */
	public record Family(String name, String help, List<Sample> samples, String kind) {

		Family of(String kind) {
			return new Family(this.name, this.help, this.samples, kind);
		}

		/** The names of its labels, but for that of buckets. */
		public Set<String> labels() {
			return this.samples.stream()
				.flatMap((sample) -> sample.labels().keySet().stream())
				.filter((label) -> !label.equals("le") && !label.equals("quantile"))
				.collect(Collectors.toCollection(TreeSet::new));
		}

	}

	/**
	 * One value.
	 *
	 * @param name with the ending of its kind
	 * @param labels by name
	 * @param value now
	 */
	public record Sample(String name, Map<String, String> labels, double value) {

		boolean has(String label) {
			String[] pair = label.split("=", 2);
			return pair[1].equals(this.labels.get(pair[0]));
		}

	}

}
