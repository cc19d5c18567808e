package dev.usher.passkey;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.management.UserCredentialRepository;

/**
 * What Spring Security asks for in a registration: nothing. Whether a credential is there
 * already, and whether there is room for one more, is judged when it is written, by
 * {@link Passkeys#add}: only there no other node comes between.
 */
final class NewCredentials implements UserCredentialRepository {

	@Override
	public @Nullable CredentialRecord findByCredentialId(Bytes credentialId) {
		return null;
	}

	@Override
	public void save(CredentialRecord made) {
		// Its caller writes it.
	}

	@Override
	public List<CredentialRecord> findByUserId(Bytes handle) {
		return List.of();
	}

	@Override
	public void delete(Bytes credentialId) {
		throw new UnsupportedOperationException("A registration removes nothing");
	}

}
