package dev.usher.http;

import java.io.IOException;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
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
 * Refuses a {@code Content-Type} that is none, or that names a range of types. Jetty and
 * Spring MVC take such for an error of the gateway's own, with a stack trace in the log
 * that any stranger could cause by the thousand.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ContentTypeFilter extends OncePerRequestFilter {

	private final ProblemWriter problems;

	ContentTypeFilter(ProblemWriter problems) {
		this.problems = problems;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		// Not getContentType(), which fails itself for a charset that is none.
		if (!isUsable(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
			this.problems.write(request, response, new RefusedException(Reason.UNSUPPORTED_MEDIA_TYPE), false);
			return;
		}
		chain.doFilter(request, response);
	}

	private static boolean isUsable(@Nullable String type) {
		if (type == null || type.isBlank()) {
			return true;
		}
		try {
			return MediaType.parseMediaType(type).isConcrete();
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

}
