package dev.usher.http;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What nobody foresaw is answered with an id, and the log has the rest. */
@ExtendWith(OutputCaptureExtension.class)
class IncidentTests {

	@Test
	void failureWhenUnexpectedThenTheClientHasItsIdAndTheLogHasAllOfIt(CapturedOutput output) {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "spring.profiles.active=broken")) {
			for (String path : new String[] { "/broken-here.html", "/broken-later.html", "/broken-filter.html" }) {
				Answer answer = node.get(path, null);
				assertThat(answer.code()).as(path).isEqualTo("internal_error");
				assertThat(answer.text("incident")).matches("[2-9a-z]{8}").isEqualTo(answer.text("id"));
				String line = "request refused from=\"127.0.0.1\" what=\"GET " + path
						+ "\" reason=\"internal_error\" incident=\"" + answer.text("id");
				Awaitility.await().until(() -> output.getAll().contains(line));
				assertThat(answer.response().body()).doesNotContain("inner words");
				assertThat(output.getAll()).contains("Internal error " + answer.text("id"));
			}
			assertThat(output.getAll()).contains("IllegalStateException: inner words");
			Answer storage = node.get("/broken-storage.html", null);
			assertThat(storage.code()).isEqualTo("storage_unavailable");
			assertThat(storage.header("Retry-After")).isEqualTo("5");
		}
	}

}
