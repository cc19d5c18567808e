package dev.usher.presence;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/** Where no other node can be: all there is to count is on this one. */
final class LonePresence implements Presence {

	@Override
	public void attach(Limit limit, Holder holder) {
	}

	@Override
	public boolean reserves() {
		return false;
	}

	@Override
	public CompletableFuture<Boolean> reserve(String id, String username, @Nullable String sessionId) {
		return CompletableFuture.completedFuture(true);
	}

	@Override
	public void add(String id, String username, @Nullable String sessionId) {
	}

	@Override
	public void remove(String id) {
	}

	@Override
	public Map<String, Integer> elsewhere(Collection<String> sessionIds) {
		return Map.of();
	}

	@Override
	public Elsewhere sees(PlaceFilter filter) {
		return Elsewhere.NOBODY;
	}

	@Override
	public List<Place> list(PlaceFilter filter, PlaceRange range, int limit) {
		return List.of();
	}

	@Override
	public boolean end(String id) {
		return false;
	}

}
