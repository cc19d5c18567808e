package dev.usher.token;

import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import org.jspecify.annotations.Nullable;

/**
 * Where an issuer keeps its JWK set: at a URL of the configuration, or at the one its
 * discovery document names (OpenID Connect Discovery 1.0, section 4).
 */
final class JwkSetSource {

	private static final String WELL_KNOWN = "/.well-known/openid-configuration";

	private final HttpFetch http;

	private final String issuer;

	private final @Nullable URI jwkSetUri;

	private JwkSetSource(HttpFetch http, String issuer, @Nullable URI jwkSetUri) {
		this.http = http;
		this.issuer = issuer;
		this.jwkSetUri = jwkSetUri;
	}

	static JwkSetSource at(HttpFetch http, String issuer, URI jwkSetUri) {
		return new JwkSetSource(http, issuer, jwkSetUri);
	}

	static JwkSetSource discoveredFrom(HttpFetch http, String issuer) {
		return new JwkSetSource(http, issuer, null);
	}

	/**
	 * Fetches the set. Blocks.
	 * @return its keys; those that cannot be understood are left out (RFC 7517, section
	 * 5)
	 * @throws IOException where it cannot be had
	 */
	List<JWK> fetch() throws IOException, InterruptedException {
		URI uri = (this.jwkSetUri != null) ? this.jwkSetUri : discover();
		Map<String, Object> set = json(uri);
		if (!(set.get("keys") instanceof List<?> keys)) {
			throw new IOException(uri + " is no JWK set: it has no list of keys");
		}
		List<JWK> understood = new ArrayList<>();
		for (Object key : keys) {
			if (key instanceof Map<?, ?> members) {
				addIfUnderstood(members, understood);
			}
		}
		return understood;
	}

	@SuppressWarnings("unchecked")
	private static void addIfUnderstood(Map<?, ?> members, List<JWK> keys) {
		try {
			keys.add(JWK.parse((Map<String, Object>) members));
		}
		catch (ParseException | IllegalArgumentException | IllegalStateException ex) {
			// A kind of key that is newer than we are: the others still serve.
		}
	}

	private URI discover() throws IOException, InterruptedException {
		String base = this.issuer.endsWith("/") ? this.issuer.substring(0, this.issuer.length() - 1) : this.issuer;
		URI uri = URI.create(base + WELL_KNOWN);
		Map<String, Object> metadata = json(uri);
		// Section 4.3: else one issuer could pass its keys off as another's.
		if (!this.issuer.equals(metadata.get("issuer"))) {
			throw new IOException(uri + " is the document of another issuer");
		}
		if (!(metadata.get("jwks_uri") instanceof String text)) {
			throw new IOException(uri + " names no jwks_uri");
		}
		return checked(text, uri);
	}

	private static URI checked(String text, URI from) throws IOException {
		try {
			URI uri = URI.create(text);
			boolean downgrade = "https".equalsIgnoreCase(from.getScheme())
					&& !"https".equalsIgnoreCase(uri.getScheme());
			if (HttpFetch.isHttp(uri) && !downgrade) {
				return uri;
			}
		}
		catch (IllegalArgumentException ex) {
			// Said below.
		}
		throw new IOException(from + " names a jwks_uri that is no http or https URL, or less safe than its own");
	}

	private Map<String, Object> json(URI uri) throws IOException, InterruptedException {
		try {
			return JSONObjectUtils.parse(this.http.get(uri));
		}
		catch (ParseException ex) {
			throw new IOException(uri + " answered no JSON object");
		}
	}

}
