package dev.usher.token;

import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.nimbusds.jose.JWSAlgorithm;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** The issuers we trust, ourselves among them, by name. */
@Component
class Issuers {

	private final Map<String, TrustedIssuer> byName = new HashMap<>();

	private final List<RemoteKeys> remote = new ArrayList<>();

	private final Clock clock;

	Issuers(SigningKeys ownKeys, TokenProperties properties, Clock clock) {
		this.clock = clock;
		TokenProperties.Own own = properties.token();
		add(new TrustedIssuer(own.issuer(), new Recipient(own.audience(), Set.of()), SigningKey.ALGORITHM, true,
				GivenRoles.OWN, UserNames.OWN, ownKeys, own.dpop() == DpopUse.REQUIRED));
		if (!properties.trusted().isEmpty()) {
			HttpFetch http = new HttpFetch();
			properties.trusted().forEach((foreign) -> add(trust(foreign, properties.prefixesWithin(foreign), http)));
		}
	}

	/** Begins to fetch keys, without waiting for any: the start never hangs on them. */
	@PostConstruct
	void start() {
		this.remote.forEach(RemoteKeys::start);
	}

	@PreDestroy
	void close() {
		this.remote.forEach(RemoteKeys::close);
	}

	/** The issuer of that name, or null where we trust none. */
	@Nullable TrustedIssuer find(String name) {
		return this.byName.get(name);
	}

	/** The names of all of them. */
	Set<String> names() {
		return Set.copyOf(this.byName.keySet());
	}

	/** The keys of those that publish them. */
	List<RemoteKeys> remote() {
		return List.copyOf(this.remote);
	}

	private void add(TrustedIssuer issuer) {
		this.byName.put(issuer.name(), issuer);
	}

	private TrustedIssuer trust(ForeignIssuer foreign, List<String> otherPrefixes, HttpFetch http) {
		JWSAlgorithm algorithm = JWSAlgorithm.parse(foreign.pinnedAlgorithm());
		return new TrustedIssuer(foreign.name(), foreign.recipient(), algorithm, false, foreign.givenRoles(),
				foreign.userNames(otherPrefixes), keys(foreign, algorithm, http), foreign.dpop() == DpopUse.REQUIRED);
	}

	private VerificationKeys keys(ForeignIssuer foreign, JWSAlgorithm algorithm, HttpFetch http) {
		if (foreign.secret() != null) {
			return new SecretKeys(foreign.secret());
		}
		URI uri = foreign.jwkSetUri();
		JwkSetSource source = (uri != null) ? JwkSetSource.at(http, foreign.name(), uri)
				: JwkSetSource.discoveredFrom(http, foreign.name());
		RemoteKeys keys = new RemoteKeys(foreign.name(), source, algorithm, this.clock);
		this.remote.add(keys);
		return keys;
	}

}
