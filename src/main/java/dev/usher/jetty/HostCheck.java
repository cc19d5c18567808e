package dev.usher.jetty;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

import dev.usher.edge.ClientAddress;
import dev.usher.edge.Hosts;
import dev.usher.protocol.Reason;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses a request for a host that is none of ours, before any handler sees it, the
 * handshake included. Where a trusted proxy says which host it was asked for, that one
 * counts. Health is answered whatever the host is: what probes a node finds it by an
 * address that nobody lists.
 */
final class HostCheck implements HttpConfiguration.Customizer {

	private static final Logger logger = LoggerFactory.getLogger(HostCheck.class);

	private static final Set<String> HEALTH = Set.of("/actuator/health", "/actuator/health/liveness",
			"/actuator/health/readiness");

	private static final Set<HttpHeader> FORWARDED = Set.of(HttpHeader.FORWARDED, HttpHeader.X_FORWARDED_FOR,
			HttpHeader.X_FORWARDED_PROTO, HttpHeader.X_FORWARDED_HOST);

	private static final String SCHEME = "http://";

	/** What may stand in a line of the log. */
	private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9.:_\\[\\]-]{1,255}");

	/** Anybody can cause the line, so there is one in this time at most. */
	private static final long QUIET = Duration.ofMinutes(1).toNanos();

	private final Hosts hosts;

	private final ClientAddress addresses;

	private final AtomicLong nextLine = new AtomicLong(System.nanoTime());

	HostCheck(Hosts hosts, ClientAddress addresses) {
		this.hosts = hosts;
		this.addresses = addresses;
	}

	@Override
	public Request customize(Request request, HttpFields.Mutable responseHeaders) {
		String path = request.getHttpURI().getCanonicalPath();
		if (path == null || !HEALTH.contains(path)) {
			check(request);
		}
		return request;
	}

	private void check(Request request) {
		String host = request.getHeaders().get(HttpHeader.HOST);
		String asked = Objects.requireNonNullElse(request.getHttpURI().getAuthority(), "");
		String forwarded = forwarded(request, (asked.isEmpty() && host != null) ? host : asked);
		boolean direct = forwarded == null;
		// A URI that names a host stands beside the header, which must not differ.
		boolean ours = direct ? this.hosts.contains(host) && (asked.isEmpty() || this.hosts.contains(asked))
				: this.hosts.contains(forwarded);
		if (!ours) {
			report(direct ? host : forwarded);
			throw new HttpException.RuntimeException(Reason.MISDIRECTED.httpStatus());
		}
	}

	/** The host a trusted proxy was asked for, or null where none says so. */
	private @Nullable String forwarded(Request request, String asked) {
		List<String> lines = new ArrayList<>(2);
		for (HttpField field : request.getHeaders()) {
			if (field.getHeader() != null && FORWARDED.contains(field.getHeader())) {
				lines.add(field.getName() + ": " + field.getValue());
			}
		}
		if (lines.isEmpty()) {
			return null;
		}
		String origin = this.addresses.resolve(Request.getRemoteAddr(request), SCHEME + asked, lines).origin();
		String host = origin.substring(origin.indexOf("://") + 3);
		return host.equals(asked) ? null : host;
	}

	private void report(@Nullable String host) {
		long now = System.nanoTime();
		long next = this.nextLine.get();
		if (now - next >= 0 && this.nextLine.compareAndSet(next, now + QUIET)) {
			logger.info("Refused a request for the host {}. If that is this gateway, name it in usher.hosts.",
					(host != null && PLAIN.matcher(host).matches()) ? host : "that its client gave");
		}
	}

}
