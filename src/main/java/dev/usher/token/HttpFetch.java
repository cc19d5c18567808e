package dev.usher.token;

import java.net.URI;

final class HttpFetch {

	private HttpFetch() {
	}

	static boolean isHttp(URI uri) {
		return uri.getHost() != null
				&& ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()));
	}

}
