package dev.usher.token;

import org.springframework.context.annotation.DependsOn;
import org.springframework.stereotype.Component;

/**
 * Secrets that every node can compute and nobody else: derived under keys of their own
 * from the master key, the one that encrypts the signing keys. At a first start it is
 * made with them, so they come first. Any thread may call.
 */
@Component
@DependsOn("signingKeys")
public class DerivedSecrets {

	private final SigningKeyStore store;

	DerivedSecrets(SigningKeyStore store) {
		this.store = store;
	}

	/**
	 * Derives a secret of 256 bits, in the form of {@link Secret#create}.
	 * @param purpose names the key, so that no secret serves two purposes
	 * @param text what it is derived from
	 */
	public String derive(String purpose, String text) {
		return Secret.encode(this.store.masterKey().derive(purpose, text));
	}

}
