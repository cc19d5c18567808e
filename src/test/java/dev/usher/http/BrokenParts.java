package dev.usher.http;

import java.util.concurrent.CompletableFuture;

import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

/** What fails in ways nobody foresaw, under a profile of its own. */
@RestController
@Profile("broken")
class BrokenParts {

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

	@Component
	@Profile("broken")
	static class BrokenFilter extends OncePerRequestFilter {

		@Override
		protected boolean shouldNotFilter(HttpServletRequest request) {
			return !request.getRequestURI().equals("/broken-filter.html");
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain) {
			throw new IllegalStateException("inner words");
		}

	}

}
