package dev.usher.service;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.usher.cluster.Changes;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.token.Revocation;
import dev.usher.token.Revocation.Kind;
import dev.usher.token.Revocations;
import dev.usher.token.Secret;
import dev.usher.token.TokenMinter;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes and removes the clients that services are. Blocks for the database. */
@Service
class Clients {

	private static final int ID_BYTES = 12;

	/** How far the clocks of nodes that are ready may be apart. */
	private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(5);

	private final ClientRepository repository;

	private final Revocations revocations;

	private final TokenMinter minter;

	private final TransactionTemplate transaction;

	private final Changes changes;

	private final Clock clock;

	private final SecureRandom random = new SecureRandom();

	Clients(ClientRepository repository, Revocations revocations, TokenMinter minter, TransactionTemplate transaction,
			Changes changes, Clock clock) {
		this.changes = changes;
		this.repository = repository;
		this.revocations = revocations;
		this.minter = minter;
		this.transaction = transaction;
		this.clock = clock;
	}

	/**
	 * Creates a client, with a new secret unless it brings a JWK set.
	 * @throws RefusedException {@link Reason#BAD_REQUEST} or {@link Reason#CLIENT_EXISTS}
	 */
	Made create(NewClient request) {
		String id = (request.clientId() != null) ? request.clientId() : newId();
		List<String> publish = (request.publish() != null) ? List.copyOf(request.publish()) : List.of();
		ClientRules.checkId(id);
		ClientRules.checkScopes(request.scopes());
		ClientRules.checkPatterns(publish, request.scopes());
		Map<String, Object> jwks = request.jwks();
		String secret = (jwks == null) ? Secret.create() : null;
		Client client = new Client(id, (secret != null) ? List.of(Secret.hash(secret)) : List.of(),
				(jwks != null) ? ClientKeys.check(jwks) : null, request.scopes(), publish,
				this.clock.instant().truncatedTo(ChronoUnit.MILLIS));
		if (!this.repository.insert(client)) {
			throw new RefusedException(Reason.CLIENT_EXISTS);
		}
		return new Made(client, secret);
	}

	private String newId() {
		byte[] bytes = new byte[ID_BYTES];
		this.random.nextBytes(bytes);
		return Base64.getUrlEncoder().encodeToString(bytes);
	}

	List<Client> list(String after, int limit) {
		return this.repository.list(after, limit);
	}

	/**
	 * Adds and removes secrets and keys of a client, all or none, so that what takes the
	 * place of another can be valid beside it. What is removed gets no more tokens; those
	 * it has got live on.
	 * @throws RefusedException {@link Reason#NOT_FOUND} or {@link Reason#BAD_REQUEST}
	 */
	Made change(String id, ClientChange change) {
		String secret = change.addsSecret() ? Secret.create() : null;
		Client changed = this.transaction.execute((status) -> {
			Client held = this.repository.hold(id).orElseThrow(Clients::unknown);
			List<String> hashes = new ArrayList<>(held.secretHashes());
			for (String gone : change.removedSecrets()) {
				if (!hashes.removeIf((hash) -> Client.secretId(hash).equals(gone))) {
					throw new RefusedException(Reason.NOT_FOUND, "The client has no secret of this id.");
				}
			}
			if (secret != null) {
				hashes.add(Secret.hash(secret));
			}
			Client next = held.with(hashes, ClientKeys.change(held.jwks(), change.addKeys(), change.removedKeys()));
			ClientRules.checkCredentials(next);
			this.repository.update(next);
			return next;
		});
		return new Made(Objects.requireNonNull(changed), secret);
	}

	private static RefusedException unknown() {
		return new RefusedException(Reason.NOT_FOUND, "There is no client of this id.");
	}

	/**
	 * Removes a client; every token it has dies at once, and its sockets close. A client
	 * made anew under this id can get tokens that live from the next second on, or five
	 * seconds later where there may be other nodes.
	 * @throws RefusedException {@link Reason#NOT_FOUND}
	 */
	void delete(String id) {
		// As one: a client that is gone while its tokens live is nobody's to remove
		// again.
		this.transaction.executeWithoutResult((status) -> deleteAndRevoke(id));
	}

	private void deleteAndRevoke(String id) {
		if (!ClientRules.isId(id) || !this.repository.delete(id)) {
			throw unknown();
		}
		// Another node's clock may be ahead, and a token of that node be younger.
		Instant now = this.clock.instant().plus((this.changes.shared()) ? CLOCKS_DIFFER : Duration.ZERO);
		// iat is in whole seconds: this covers the one that is running.
		Instant issuedBefore = now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
		this.revocations.revoke(new Revocation(Kind.USER, TokenMinter.nameOfService(id), issuedBefore,
				now.plus(this.minter.lifetime()).plusSeconds(1)));
	}

	/**
	 * A client that was just made or changed.
	 *
	 * @param client the client
	 * @param secret its secret, which nobody can read again, or null where it got none
	 */
	record Made(Client client, @Nullable String secret) {

		/** Keeps the secret out of logs. */
		@Override
		public String toString() {
			return this.client.toString();
		}

	}

}
