package dev.usher.http;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.CompletableFuture;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

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
				assertThat(answer.text("id")).matches("[0-9a-f]{16}");
				assertThat(answer.response().body()).doesNotContain("inner words");
				assertThat(output.getAll()).contains("Internal error " + answer.text("id"));
			}
			assertThat(output.getAll()).contains("IllegalStateException: inner words");
			Answer storage = node.get("/broken-storage.html", null);
			assertThat(storage.code()).isEqualTo("storage_unavailable");
			assertThat(storage.header("Retry-After")).isEqualTo("5");
		}
	}

	@RestController
	@Profile("broken")
	static class BrokenController {

		@GetMapping("/broken-here.html")
		String here() {
			throw new IllegalStateException("inner words");
		}

		@GetMapping("/broken-later.html")
		CompletableFuture<String> later() {
			return CompletableFuture.supplyAsync(this::here);
		}

		@GetMapping("/broken-storage.html")
		String storage() {
			throw new DataAccessResourceFailureException("inner words");
		}

	}

	@Component
	@Profile("broken")
	@Order
	static class BrokenFilter extends OncePerRequestFilter {

		@Override
		protected boolean shouldNotFilter(HttpServletRequest request) {
			return !request.getRequestURI().equals("/broken-filter.html");
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws IOException {
			throw new IllegalStateException("inner words");
		}

	}

}
