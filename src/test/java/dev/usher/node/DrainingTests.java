package dev.usher.node;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** Who is told that a node drains. */
class DrainingTests {

	private final List<String> told = new ArrayList<>();

	private final StaticListableBeanFactory beans = new StaticListableBeanFactory();

	private final Draining draining = new Draining(this.beans.getBeanProvider(DrainListener.class));

	@Test
	void listenersWhenItBeginsTwiceThenAreToldOnceAndItIsSoAlready() {
		this.beans.addBean("one", (DrainListener) () -> this.told.add("one " + this.draining.isBegun()));
		assertThat(this.draining.isBegun()).isFalse();
		this.draining.begin();
		this.draining.begin();
		assertThat(this.told).containsExactly("one true");
	}

	@Test
	void listenersWhenOneFailsThenTheOthersAreToldAllTheSame() {
		this.beans.addBean("failing", (DrainListener) () -> {
			throw new IllegalStateException("thrown by a test");
		});
		this.beans.addBean("other", (DrainListener) () -> this.told.add("other"));
		this.draining.begin();
		assertThat(this.told).containsExactly("other");
	}

}
