package dev.usher.cluster;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.springframework.beans.factory.ObjectProvider;

/** One listener for accounts, and what it heard. */
final class Listeners implements ObjectProvider<ChangeListener> {

	private final List<String> heard = new CopyOnWriteArrayList<>();

	private final ChangeListener listener = new ChangeListener() {
		@Override
		public Change.Kind kind() {
			return Change.Kind.ACCOUNT;
		}

		@Override
		public void onChanged(List<String> targets) {
			Listeners.this.heard.addAll(targets);
		}
	};

	List<String> heard() {
		return this.heard;
	}

	@Override
	public ChangeListener getObject() {
		return this.listener;
	}

	@Override
	public Stream<ChangeListener> stream() {
		return Stream.of(this.listener);
	}

	@Override
	public Iterator<ChangeListener> iterator() {
		return List.of(this.listener).iterator();
	}

}
