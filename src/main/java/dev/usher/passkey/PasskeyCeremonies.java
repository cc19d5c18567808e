package dev.usher.passkey;

import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.usher.account.Account;
import dev.usher.account.Accounts;
import dev.usher.passkey.Challenges.Ceremony;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.session.PasskeyLogin;
import dev.usher.session.PasskeyVerifier;
import dev.usher.session.WrongPasskeyException;
import dev.usher.token.Secret;
import tools.jackson.databind.JsonNode;

import org.springframework.security.web.webauthn.api.AuthenticatorTransport;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.stereotype.Service;
import org.springframework.util.function.SingletonSupplier;

/**
 * The two ceremonies of WebAuthn (section 7): a registration by whoever is logged in, and
 * a login. Nothing is kept between their two requests, so that each may come to another
 * node. A challenge counts once. Each call but {@link #beginLogin} blocks for the
 * database.
 */
@Service
@ConditionalOnPasskeys
class PasskeyCeremonies implements PasskeyVerifier {

	private final Challenges challenges;

	private final PasskeyTable table;

	private final Passkeys passkeys;

	private final Accounts accounts;

	private final Clock clock;

	/**
	 * Loads WebAuthn's libraries when the first ceremony begins, and not at the start.
	 */
	private final SingletonSupplier<RelyingParty> relyingParty;

	PasskeyCeremonies(Challenges challenges, PasskeyTable table, Passkeys passkeys, Accounts accounts, Clock clock,
			WebauthnProperties properties) {
		this.challenges = challenges;
		this.table = table;
		this.passkeys = passkeys;
		this.accounts = accounts;
		this.clock = clock;
		this.relyingParty = SingletonSupplier.of(() -> new RelyingParty(properties,
				new StoredCredentials(table, new Decoy(Objects.requireNonNull(properties.rpId())), clock)));
	}

	private RelyingParty relyingParty() {
		return this.relyingParty.obtain();
	}

	/** Begins a login: a {@code PublicKeyCredentialRequestOptionsJSON}. */
	JsonNode beginLogin() {
		return relyingParty().requestOptions(this.challenges.issue(Ceremony.LOGIN, ""));
	}

	/**
	 * Ends a login. The challenge is used up last: strangers have any number of
	 * challenges, and would fill the table.
	 */
	@Override
	public PasskeyLogin verify(JsonNode assertion) {
		CredentialJson json = new CredentialJson("passkey", assertion);
		var credential = json.assertion();
		Optional<Passkey> passkey = this.table.findByCredential(credential.getRawId().toBase64UrlString());
		String username = passkey.map(Passkey::username).orElse(null);
		byte[] challenge = json.challenge()
			.filter((given) -> this.challenges.isOpen(given, Ceremony.LOGIN, ""))
			.orElseThrow(() -> new WrongPasskeyException(username));
		relyingParty().authenticate(credential, challenge, () -> new WrongPasskeyException(username));
		return passkey
			// Spring Security does not look at it, and it says whom the authenticator
			// means.
			.filter((found) -> StoredCredentials.bytes(found.handle()).equals(credential.getResponse().getUserHandle()))
			.filter((found) -> this.challenges.use(challenge))
			.flatMap((found) -> this.accounts.findEnabled(found.username()).map((owner) -> login(found, owner)))
			.orElseThrow(() -> new WrongPasskeyException(username));
	}

	private PasskeyLogin login(Passkey passkey, Account owner) {
		return new ProvenLogin(passkey, owner, this.passkeys);
	}

	/**
	 * Begins a registration: a {@code PublicKeyCredentialCreationOptionsJSON}.
	 * @param sessionId the session that alone may end it
	 * @throws RefusedException {@link Reason#TOO_MANY_PASSKEYS}
	 */
	JsonNode beginRegistration(Account account, String sessionId) {
		this.passkeys.requireRoom(account.username());
		return relyingParty().creationOptions(this.challenges.issue(Ceremony.REGISTRATION, sessionId), user(account),
				this.passkeys.list(account.username()));
	}

	/**
	 * Ends a registration.
	 * @param attestation a {@code RegistrationResponseJSON}
	 * @param sessionId the session that began it
	 * @throws RefusedException {@link Reason#BAD_PASSKEY}, {@link Reason#PASSKEY_EXISTS}
	 * or {@link Reason#TOO_MANY_PASSKEYS}
	 */
	Passkey register(JsonNode attestation, String name, Account account, String sessionId) {
		CredentialJson json = new CredentialJson("credential", attestation);
		var credential = json.attestation();
		byte[] challenge = json.challenge()
			.filter((given) -> this.challenges.isOpen(given, Ceremony.REGISTRATION, sessionId))
			.orElseThrow(PasskeyCeremonies::unanswered);
		CredentialRecord made = relyingParty().register(credential, name, challenge, user(account),
				() -> new RefusedException(Reason.BAD_PASSKEY));
		if (!this.challenges.use(challenge)) {
			throw unanswered();
		}
		Passkey passkey = passkey(made, account.username());
		this.passkeys.add(passkey);
		return passkey;
	}

	private static RefusedException unanswered() {
		return new RefusedException(Reason.BAD_PASSKEY,
				"The passkey does not answer a challenge of this session, or too late. Ask for new options.");
	}

	private PublicKeyCredentialUserEntity user(Account account) {
		Bytes handle = StoredCredentials.bytes(this.passkeys.handleOf(account.username()));
		return StoredCredentials.user(handle, account.username());
	}

	private Passkey passkey(CredentialRecord made, String username) {
		Bytes attestation = Objects.requireNonNull(made.getAttestationObject());
		return new Passkey(Passkeys.newId(), username, made.getUserEntityUserId().toBase64UrlString(),
				made.getCredentialId().toBase64UrlString(), made.getLabel(), Secret.encode(attestation.getBytes()),
				made.getSignatureCount(),
				made.getTransports().stream().map(AuthenticatorTransport::getValue).collect(Collectors.toSet()),
				made.isUvInitialized(), made.isBackupEligible(), made.isBackupState(), this.clock.instant(), null);
	}

	/**
	 * A login by a passkey that was verified.
	 *
	 * @param passkey the passkey
	 * @param account its owner
	 * @param passkeys where it is looked for once more
	 */
	private record ProvenLogin(Passkey passkey, Account account, Passkeys passkeys) implements PasskeyLogin {

		@Override
		public String passkeyId() {
			return this.passkey.id();
		}

		@Override
		public void requireUnchanged() {
			if (!this.passkeys.contain(this.passkey)) {
				throw new WrongPasskeyException(this.account.username());
			}
		}

	}

}
