package dev.usher.passkey;

import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.security.web.webauthn.api.AuthenticatorTransport;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.api.ImmutableCredentialRecord;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCose;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialType;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.management.PublicKeyCredentialUserEntityRepository;
import org.springframework.security.web.webauthn.management.UserCredentialRepository;

/**
 * Our table as Spring Security asks for it in a login. For a credential nobody has it
 * answers the {@link Decoy}, so that its signature is verified too, in vain.
 */
final class StoredCredentials implements UserCredentialRepository, PublicKeyCredentialUserEntityRepository {

	/** No account has it: handles of accounts are longer. */
	private static final Bytes NOBODY = new Bytes(new byte[0]);

	private final PasskeyTable table;

	private final Decoy decoy;

	private final Clock clock;

	StoredCredentials(PasskeyTable table, Decoy decoy, Clock clock) {
		this.table = table;
		this.decoy = decoy;
		this.clock = clock;
	}

	@Override
	public CredentialRecord findByCredentialId(Bytes credentialId) {
		return this.table.findByCredential(credentialId.toBase64UrlString())
			.map(StoredCredentials::stored)
			.orElseGet(() -> decoy(credentialId));
	}

	private static CredentialRecord stored(Passkey passkey) {
		return record(bytes(passkey.credentialId()), bytes(passkey.handle()), bytes(passkey.attestation()))
			.signatureCount(passkey.signCount())
			.transports(transports(passkey))
			.uvInitialized(passkey.userVerified())
			.backupEligible(passkey.backupEligible())
			.backupState(passkey.backedUp())
			.label(passkey.name())
			.created(passkey.createdAt())
			.build();
	}

	private CredentialRecord decoy(Bytes credentialId) {
		return record(credentialId, NOBODY, new Bytes(this.decoy.attestation())).transports(Set.of()).label("").build();
	}

	private static ImmutableCredentialRecord.ImmutableCredentialRecordBuilder record(Bytes credentialId, Bytes handle,
			Bytes attestation) {
		return ImmutableCredentialRecord.builder()
			.credentialType(PublicKeyCredentialType.PUBLIC_KEY)
			.credentialId(credentialId)
			.userEntityUserId(handle)
			// It is in the attestation, from where it is taken.
			.publicKey(new ImmutablePublicKeyCose(new byte[0]))
			.attestationObject(attestation);
	}

	/**
	 * Notes that a credential was used.
	 * @throws IllegalArgumentException if its count of signatures has not gone up since
	 * it was read
	 */
	@Override
	public void save(CredentialRecord used) {
		if (!this.table.use(used.getCredentialId().toBase64UrlString(), used.getSignatureCount(),
				this.clock.instant())) {
			throw new IllegalArgumentException("The signature counter has not gone up");
		}
	}

	/** Each handle in the table is of an account: its row goes when the account goes. */
	@Override
	public @Nullable PublicKeyCredentialUserEntity findById(Bytes handle) {
		return handle.equals(NOBODY) ? null : user(handle, handle.toBase64UrlString());
	}

	/** An account as authenticators are told of it. */
	static PublicKeyCredentialUserEntity user(Bytes handle, String name) {
		return ImmutablePublicKeyCredentialUserEntity.builder().id(handle).name(name).displayName(name).build();
	}

	static Bytes bytes(String text) {
		return new Bytes(Base64.getUrlDecoder().decode(text));
	}

	static Set<AuthenticatorTransport> transports(Passkey passkey) {
		return passkey.transports().stream().map(AuthenticatorTransport::valueOf).collect(Collectors.toSet());
	}

	@Override
	public PublicKeyCredentialUserEntity findByUsername(String username) {
		throw new UnsupportedOperationException("Nobody says their name at a login by passkey");
	}

	@Override
	public List<CredentialRecord> findByUserId(Bytes handle) {
		throw new UnsupportedOperationException("Any passkey of this gateway may be used at a login");
	}

	@Override
	public void save(PublicKeyCredentialUserEntity user) {
		throw new UnsupportedOperationException("A login makes no user");
	}

	@Override
	public void delete(Bytes id) {
		throw new UnsupportedOperationException("A login removes nothing");
	}

}
