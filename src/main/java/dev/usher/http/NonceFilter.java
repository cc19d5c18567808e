package dev.usher.http;

import java.io.IOException;

import dev.usher.dpop.Nonces;
import dev.usher.dpop.Proofs;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Every answer to a call has the nonce for the next proof (RFC 9449, section 8.2), so
 * that a client learns it before it needs it. Pages and what else may be cached have
 * none.
 */
class NonceFilter extends OncePerRequestFilter {

	private final Nonces nonces;

	NonceFilter(Nonces nonces) {
		this.nonces = nonces;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		String path = request.getRequestURI();
		return !path.startsWith("/auth/") && !path.startsWith("/api/") && !path.startsWith("/admin/");
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		response.setHeader(Proofs.NONCE_HEADER, this.nonces.current());
		chain.doFilter(request, response);
	}

}
