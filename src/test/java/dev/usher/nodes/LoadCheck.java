package dev.usher.nodes;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;

/** What must be true of what readers got. */
final class LoadCheck {

	private LoadCheck() {
	}

	/** What was sent and none of them has got. */
	static Set<String> missing(Set<String> sent, List<LoadReader> readers) {
		Set<String> missing = new TreeSet<>(sent);
		readers.forEach((reader) -> reader.arrivals().forEach((arrival) -> missing.remove(arrival.frame().text())));
		return missing;
	}

	/** All in order, without a hole and without a repeat, over all connections. */
	static void follower(List<Listener.Arrival> arrivals) {
		long last = 0;
		Map<String, Integer> next = new HashMap<>();
		for (Listener.Arrival arrival : arrivals) {
			assertThat(arrival.offset()).as("no hole and no repeat").isEqualTo(++last);
			assertThat(arrival.redelivered()).isFalse();
			String[] words = arrival.frame().text().split(" ");
			int expected = next.merge(words[0], 1, Integer::sum) - 1;
			assertThat(Integer.parseInt(words[1])).as("order of " + words[0]).isEqualTo(expected);
		}
	}

	/** One reader that nobody shares: what comes again comes in its place. */
	static void inOrder(String who, List<Listener.Arrival> arrivals) {
		Map<Listener, Long> last = new HashMap<>();
		for (Listener.Arrival arrival : arrivals) {
			Long before = last.put(arrival.by(), arrival.offset());
			assertThat(before == null || before < arrival.offset())
				.as("%s: %d came after %d on one connection", who, arrival.offset(), before)
				.isTrue();
		}
	}

	/**
	 * What comes again is marked, and what is not marked comes in its order on each
	 * connection.
	 * @return how many came again
	 */
	static int marked(String who, List<Listener.Arrival> arrivals) {
		Set<Long> seen = new HashSet<>();
		Map<Listener, Long> last = new HashMap<>();
		int again = 0;
		for (Listener.Arrival arrival : arrivals.stream()
			.sorted(Comparator.comparingLong(Listener.Arrival::at))
			.toList()) {
			long offset = arrival.offset();
			if (!seen.add(offset)) {
				again++;
				assertThat(arrival.redelivered()).as("%s: %d came again and is marked", who, offset).isTrue();
			}
			if (!arrival.redelivered()) {
				Long before = last.put(arrival.by(), offset);
				assertThat(before == null || before < offset).as("%s: %d came after %d", who, offset, before).isTrue();
			}
		}
		assertThat(seen).as(who + " has all").hasSize(seen.stream().mapToInt(Long::intValue).max().orElse(0));
		return again;
	}

}
