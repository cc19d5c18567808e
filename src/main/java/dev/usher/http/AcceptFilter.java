package dev.usher.http;

import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Takes {@code charset} out of {@code Accept}. JSON has none (RFC 8259, section 11) and
 * all answers are UTF-8. Spring MVC would let such a call take effect and then fail to
 * write its answer.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class AcceptFilter extends OncePerRequestFilter {

	private static final String CHARSET = "charset";

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		List<String> lines = Collections.list(request.getHeaders(HttpHeaders.ACCEPT));
		boolean named = lines.stream().anyMatch((line) -> line.toLowerCase(Locale.ROOT).contains(CHARSET));
		chain.doFilter(named ? new WithoutCharset(request, lines) : request, response);
	}

	/** A request whose {@code Accept} names types alone. */
	private static final class WithoutCharset extends HttpServletRequestWrapper {

		private final List<String> lines;

		WithoutCharset(HttpServletRequest request, List<String> lines) {
			super(request);
			this.lines = lines.stream().map(WithoutCharset::strip).toList();
		}

		private static String strip(String line) {
			try {
				return MediaType.toString(MediaType.parseMediaTypes(line).stream().map(WithoutCharset::strip).toList());
			}
			catch (InvalidMediaTypeException ex) {
				// Whoever needs it refuses it.
				return line;
			}
		}

		private static MediaType strip(MediaType type) {
			Map<String, String> parameters = new HashMap<>(type.getParameters());
			parameters.keySet().removeIf(CHARSET::equalsIgnoreCase);
			return new MediaType(type, parameters);
		}

		@Override
		public @Nullable String getHeader(String name) {
			return HttpHeaders.ACCEPT.equalsIgnoreCase(name) ? this.lines.get(0) : super.getHeader(name);
		}

		@Override
		public Enumeration<String> getHeaders(String name) {
			return HttpHeaders.ACCEPT.equalsIgnoreCase(name) ? Collections.enumeration(this.lines)
					: super.getHeaders(name);
		}

	}

}
