package dev.usher.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Who hears of a change. */
class ChangeTableTests {

	private final StaticListableBeanFactory beans = new StaticListableBeanFactory();

	private final ChangeTable table = new ChangeTable(this.beans.getBeanProvider(ChangeListener.class));

	@Test
	void changeWhenAListenerFailsThenTheOthersHearOfItAndItIsReadAgain() {
		List<String> heard = new ArrayList<>();
		listen("failing", (targets) -> {
			throw new IllegalStateException("on purpose");
		});
		listen("hearing", heard::addAll);
		assertThatIllegalStateException()
			.isThrownBy(() -> this.table.apply(List.of(new Change(Change.Kind.ACCOUNT, "alice"))));
		assertThat(heard).containsExactly("alice");
	}

	@Test
	void changeWhenItIsOfAnotherKindThenNobodyHearsOfIt() {
		List<String> heard = new ArrayList<>();
		listen("hearing", heard::addAll);
		this.table.apply(List.of(new Change(Change.Kind.LOG, "7")));
		assertThat(heard).isEmpty();
	}

	private void listen(String name, Consumer<List<String>> call) {
		this.beans.addBean(name, new ChangeListener() {

			@Override
			public Change.Kind kind() {
				return Change.Kind.ACCOUNT;
			}

			@Override
			public void onChanged(List<String> targets) {
				call.accept(targets);
			}

		});
	}

}
