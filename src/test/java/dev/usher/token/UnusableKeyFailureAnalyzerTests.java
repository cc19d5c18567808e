package dev.usher.token;

import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

class UnusableKeyFailureAnalyzerTests {

	@Test
	void keyIsUnusableWhenStartFailsThenSaysWhatAndWhatToDo() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(FailureAnalyzer.class, (type, name, ex) -> {
		})).hasAtLeastOneElementOfType(UnusableKeyFailureAnalyzer.class);
		FailureAnalysis analysis = new UnusableKeyFailureAnalyzer()
			.analyze(new IllegalStateException("outer", new UnusableKeyException("what", "to do")));
		assertThat(analysis.getDescription()).isEqualTo("what");
		assertThat(analysis.getAction()).isEqualTo("to do");
	}

}
