package dev.usher.http;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import dev.usher.edge.ClientAddress;
import dev.usher.edge.ClientAddress.Source;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Shows everybody behind it the request as its client sent it, where a trusted proxy says
 * how: the client's address, scheme and host.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ForwardedFilter extends OncePerRequestFilter {

	private static final List<String> HEADERS = List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto",
			"X-Forwarded-Host");

	private final ClientAddress addresses;

	ForwardedFilter(ClientAddress addresses) {
		this.addresses = addresses;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		List<String> forwarded = new ArrayList<>();
		for (String name : HEADERS) {
			Collections.list(request.getHeaders(name)).forEach((value) -> forwarded.add(name + ": " + value));
		}
		String host = request.getServerName() + ":" + request.getServerPort();
		String origin = request.getScheme() + "://" + host;
		Source source = this.addresses.resolve(request.getRemoteAddr(), origin, forwarded);
		chain.doFilter(new ForwardedRequest(request, source), response);
	}

	private static final class ForwardedRequest extends HttpServletRequestWrapper {

		private final Source source;

		private final URI uri;

		ForwardedRequest(HttpServletRequest request, Source source) {
			super(request);
			this.source = source;
			this.uri = source.uri();
		}

		@Override
		public String getRemoteAddr() {
			return this.source.address();
		}

		@Override
		public String getRemoteHost() {
			return this.source.address();
		}

		@Override
		public String getScheme() {
			return this.uri.getScheme();
		}

		@Override
		public boolean isSecure() {
			return this.source.secure();
		}

		@Override
		public String getServerName() {
			return (this.uri.getHost() != null) ? this.uri.getHost() : super.getServerName();
		}

		@Override
		public int getServerPort() {
			int standard = isSecure() ? 443 : 80;
			return (this.uri.getPort() != -1) ? this.uri.getPort() : standard;
		}

		@Override
		public StringBuffer getRequestURL() {
			return new StringBuffer(this.source.origin()).append(getRequestURI());
		}

	}

}
