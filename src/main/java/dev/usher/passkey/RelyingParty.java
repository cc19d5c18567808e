package dev.usher.passkey;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.webauthn4j.converter.util.CborConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.data.attestation.AttestationObject;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import dev.usher.protocol.RefusedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.NestedRuntimeException;
import org.springframework.security.web.webauthn.api.AttestationConveyancePreference;
import org.springframework.security.web.webauthn.api.AuthenticatorAssertionResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorAttestationResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorSelectionCriteria;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.api.PublicKeyCredential;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialCreationOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialDescriptor;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialParameters;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRequestOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRpEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.ResidentKeyRequirement;
import org.springframework.security.web.webauthn.api.UserVerificationRequirement;
import org.springframework.security.web.webauthn.jackson.WebauthnJacksonModule;
import org.springframework.security.web.webauthn.management.ImmutableRelyingPartyRegistrationRequest;
import org.springframework.security.web.webauthn.management.RelyingPartyAuthenticationRequest;
import org.springframework.security.web.webauthn.management.RelyingPartyPublicKey;
import org.springframework.security.web.webauthn.management.Webauthn4JRelyingPartyOperations;

/**
 * The ceremonies of WebAuthn by Spring Security and webauthn4j: options are written and
 * what authenticators sign is verified, against a challenge that its caller has judged.
 * Made when the first is asked for, because it loads some hundred classes. Any thread may
 * call.
 */
final class RelyingParty {

	/** EdDSA is verified by the JDK, from 15 on. */
	private static final List<PublicKeyCredentialParameters> ALGORITHMS = List.of(PublicKeyCredentialParameters.ES256,
			PublicKeyCredentialParameters.EdDSA, PublicKeyCredentialParameters.RS256);

	private static final Logger logger = LoggerFactory.getLogger(RelyingParty.class);

	private final PublicKeyCredentialRpEntity self;

	private final UserVerificationRequirement userVerification;

	private final Webauthn4JRelyingPartyOperations logins;

	private final Webauthn4JRelyingPartyOperations registrations;

	private final CborConverter cbor = new ObjectConverter().getCborConverter();

	private final JsonMapper json = JsonMapper.builder()
		.addModule(new WebauthnJacksonModule())
		.changeDefaultPropertyInclusion((inclusion) -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
		.build();

	RelyingParty(WebauthnProperties properties, StoredCredentials credentials) {
		String rpId = Objects.requireNonNull(properties.rpId());
		Set<String> origins = Set.copyOf(Objects.requireNonNull(properties.origins()));
		this.self = PublicKeyCredentialRpEntity.builder().id(rpId).name(rpId).build();
		this.userVerification = switch (properties.userVerification()) {
			case REQUIRED -> UserVerificationRequirement.REQUIRED;
			case PREFERRED -> UserVerificationRequirement.PREFERRED;
			case DISCOURAGED -> UserVerificationRequirement.DISCOURAGED;
		};
		this.logins = new Webauthn4JRelyingPartyOperations(credentials, credentials, this.self, origins);
		this.registrations = new Webauthn4JRelyingPartyOperations(credentials, new NewCredentials(), this.self,
				origins);
	}

	/** A {@code PublicKeyCredentialRequestOptionsJSON} that asks for any passkey. */
	JsonNode requestOptions(byte[] challenge) {
		return this.json.valueToTree(options(challenge));
	}

	private PublicKeyCredentialRequestOptions options(byte[] challenge) {
		return PublicKeyCredentialRequestOptions.builder()
			.challenge(new Bytes(challenge))
			.rpId(this.self.getId())
			.timeout(Challenges.LIFETIME)
			.userVerification(this.userVerification)
			.build();
	}

	/**
	 * A {@code PublicKeyCredentialCreationOptionsJSON} for a passkey that needs no name
	 * at a login.
	 * @param existing the account's passkeys, whose authenticators make no second one
	 */
	JsonNode creationOptions(byte[] challenge, PublicKeyCredentialUserEntity user, List<Passkey> existing) {
		return this.json.valueToTree(options(challenge, user, existing));
	}

	private PublicKeyCredentialCreationOptions options(byte[] challenge, PublicKeyCredentialUserEntity user,
			List<Passkey> existing) {
		return PublicKeyCredentialCreationOptions.builder()
			.rp(this.self)
			.user(user)
			.challenge(new Bytes(challenge))
			.pubKeyCredParams(ALGORITHMS)
			.timeout(Challenges.LIFETIME)
			.excludeCredentials(existing.stream().map(RelyingParty::descriptor).toList())
			.authenticatorSelection(AuthenticatorSelectionCriteria.builder()
				.residentKey(ResidentKeyRequirement.REQUIRED)
				.userVerification(this.userVerification)
				.build())
			.attestation(AttestationConveyancePreference.NONE)
			.build();
	}

	private static PublicKeyCredentialDescriptor descriptor(Passkey passkey) {
		return PublicKeyCredentialDescriptor.builder()
			.id(StoredCredentials.bytes(passkey.credentialId()))
			.transports(StoredCredentials.transports(passkey))
			.build();
	}

	/**
	 * Verifies a new credential; nothing is written.
	 * @param refusal what is thrown if it is not as it must be
	 */
	CredentialRecord register(PublicKeyCredential<AuthenticatorAttestationResponse> credential, String name,
			byte[] challenge, PublicKeyCredentialUserEntity user, Supplier<RefusedException> refusal) {
		return verified(() -> {
			// Spring Security takes the id that the browser says, and another's would be
			// registered by it.
			if (!new Bytes(attestedId(credential)).equals(credential.getRawId())) {
				throw new IllegalArgumentException("The id is not the one that the authenticator gave");
			}
			return this.registrations.registerCredential(new ImmutableRelyingPartyRegistrationRequest(
					options(challenge, user, List.of()), new RelyingPartyPublicKey(credential, name)));
		}, refusal);
	}

	private byte[] attestedId(PublicKeyCredential<AuthenticatorAttestationResponse> credential) {
		AttestationObject attestation = this.cbor.readValue(credential.getResponse().getAttestationObject().getBytes(),
				AttestationObject.class);
		AttestedCredentialData attested = (attestation != null)
				? attestation.getAuthenticatorData().getAttestedCredentialData() : null;
		if (attested == null) {
			throw new IllegalArgumentException("There is no credential in it");
		}
		return attested.getCredentialId();
	}

	/**
	 * Verifies a login, and notes the credential's count of signatures.
	 * @param refusal what is thrown if it is not as it must be
	 */
	void authenticate(PublicKeyCredential<AuthenticatorAssertionResponse> credential, byte[] challenge,
			Supplier<RefusedException> refusal) {
		verified(() -> this.logins.authenticate(new RelyingPartyAuthenticationRequest(options(challenge), credential)),
				refusal);
	}

	/**
	 * What a stranger sends is read by several parsers, each with exceptions of its own;
	 * whatever they throw is a refusal. What the database throws is not.
	 */
	private static <T> T verified(Supplier<T> ceremony, Supplier<RefusedException> refusal) {
		try {
			return ceremony.get();
		}
		catch (RefusedException | NestedRuntimeException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			logger.debug("A passkey was refused", ex);
			throw refusal.get();
		}
	}

}
