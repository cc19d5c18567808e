package dev.usher.edge;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Tells whether a request comes from the gateway's own pages, as far as a browser says
 * so. What a cookie may do is for these alone: a browser sends a cookie whoever asked.
 */
public final class SameOrigin {

	/** W3C Fetch Metadata, section 2.4; "none" is what the user typed. */
	private static final Set<String> OWN = Set.of("same-origin", "none");

	private SameOrigin() {
	}

	/**
	 * Whether both headers, as far as they are there, name the gateway's own origin. A
	 * client that is no browser sends neither and passes.
	 * @param origin the {@code Origin}, or null
	 * @param fetchSite the {@code Sec-Fetch-Site}, or null
	 * @param own the origin the request came to
	 */
	public static boolean holds(@Nullable String origin, @Nullable String fetchSite, String own) {
		return (origin == null || OriginProperties.same(origin, own)) && (fetchSite == null || OWN.contains(fetchSite));
	}

}
