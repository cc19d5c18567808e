package dev.usher.socket;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Connections by a key, oldest first. Most keys have one connection, which then is the
 * value itself, so that it costs the map's entry and nothing more. A few are an array
 * that is never changed. Many are a set: to copy an array for each of 100,000 connections
 * of one user would take minutes. Any thread may call.
 *
 * @param <C> a connection, which is neither an array nor a set
 */
final class ConnectionIndex<C> {

	/** The longest array. */
	private static final int FEW = 32;

	/** A connection, an {@code Object[]} of them, or a set that is guarded by itself. */
	private final ConcurrentHashMap<String, Object> byKey = new ConcurrentHashMap<>();

	void add(String key, C connection) {
		this.byKey.merge(key, connection, ConnectionIndex::with);
	}

	private static Object with(Object present, Object added) {
		if (present instanceof Set<?>) {
			Set<Object> many = many(present);
			synchronized (many) {
				many.add(added);
			}
			return many;
		}
		Object[] before = few(present);
		if (before.length == FEW) {
			Set<Object> many = new LinkedHashSet<>(Arrays.asList(before));
			many.add(added);
			return many;
		}
		Object[] more = Arrays.copyOf(before, before.length + 1);
		more[before.length] = added;
		return more;
	}

	/** Takes a connection out; once for each time it was added under the key. */
	void remove(String key, C connection) {
		this.byKey.computeIfPresent(key, (same, present) -> without(present, connection));
	}

	private static @Nullable Object without(Object present, Object removed) {
		if (present instanceof Set<?>) {
			Set<Object> many = many(present);
			synchronized (many) {
				many.remove(removed);
				// Well below the longest array, so that one who comes and goes costs no
				// copies.
				return (many.size() > FEW / 2) ? many : many.toArray();
			}
		}
		List<Object> rest = new ArrayList<>(Arrays.asList(few(present)));
		rest.remove(removed);
		return switch (rest.size()) {
			case 0 -> null;
			case 1 -> rest.get(0);
			default -> rest.toArray();
		};
	}

	int count(String key) {
		Object present = this.byKey.get(key);
		if (present instanceof Set<?>) {
			Set<Object> many = many(present);
			synchronized (many) {
				return many.size();
			}
		}
		return (present != null) ? few(present).length : 0;
	}

	/** The one that was added first, or null where there is none. */
	@Nullable C oldest(String key) {
		List<C> all = all(key);
		return (all.isEmpty()) ? null : all.get(0);
	}

	/** All of a key at this moment, oldest first. */
	@SuppressWarnings("unchecked")
	List<C> all(String key) {
		Object present = this.byKey.get(key);
		if (present == null) {
			return List.of();
		}
		if (present instanceof Set<?>) {
			Set<Object> many = many(present);
			synchronized (many) {
				return (List<C>) new ArrayList<>(many);
			}
		}
		return (List<C>) List.of(few(present));
	}

	/** How many keys there are. */
	int size() {
		return this.byKey.size();
	}

	private static Object[] few(Object present) {
		return (present instanceof Object[] few) ? few : new Object[] { present };
	}

	@SuppressWarnings("unchecked")
	private static Set<Object> many(Object present) {
		return (Set<Object>) present;
	}

}
