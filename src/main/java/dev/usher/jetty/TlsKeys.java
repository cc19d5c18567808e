package dev.usher.jetty;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Whether the private keys of a bundle are those of its certificates. The platform loads
 * any pair, and every handshake fails then; two files that are replaced one after the
 * other are such a pair for a moment.
 */
final class TlsKeys {

	private static final byte[] SAMPLE = "signed by the one, verified by the other".getBytes();

	private TlsKeys() {
	}

	/**
	 * Signs something with each private key and verifies it with its certificate.
	 * @throws MismatchException where one does not belong to the other, or there is none
	 * @throws GeneralSecurityException where a key cannot be read
	 */
	static void check(SslBundle bundle) throws GeneralSecurityException {
		KeyStore store = bundle.getStores().getKeyStore();
		List<String> aliases = aliases(store);
		if (store == null || aliases.isEmpty()) {
			throw new MismatchException("it has no private key");
		}
		for (String alias : aliases) {
			check(store.getKey(alias, password(bundle)), store.getCertificate(alias));
		}
	}

	/** The certificates that there are private keys for. */
	static List<X509Certificate> certificates(SslBundle bundle) throws GeneralSecurityException {
		KeyStore store = bundle.getStores().getKeyStore();
		List<X509Certificate> certificates = new ArrayList<>();
		for (String alias : aliases(store)) {
			if (store != null && store.getCertificate(alias) instanceof X509Certificate certificate) {
				certificates.add(certificate);
			}
		}
		return certificates;
	}

	private static List<String> aliases(@Nullable KeyStore store) throws GeneralSecurityException {
		List<String> aliases = new ArrayList<>();
		for (String alias : (store != null) ? Collections.list(store.aliases()) : List.<String>of()) {
			if (store.entryInstanceOf(alias, KeyStore.PrivateKeyEntry.class)) {
				aliases.add(alias);
			}
		}
		return aliases;
	}

	private static char @Nullable [] password(SslBundle bundle) {
		String own = bundle.getKey().getPassword();
		String password = (own != null) ? own : bundle.getStores().getKeyStorePassword();
		return (password != null) ? password.toCharArray() : null;
	}

	private static void check(Key key, Certificate certificate) throws GeneralSecurityException {
		String algorithm = switch (key.getAlgorithm()) {
			case "RSA" -> "SHA256withRSA";
			case "EC" -> "SHA256withECDSA";
			case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
			default -> "";
		};
		PublicKey known = certificate.getPublicKey();
		if (!key.getAlgorithm().equals(known.getAlgorithm())
				|| (!algorithm.isEmpty() && !match(algorithm, (PrivateKey) key, known))) {
			throw new MismatchException("the private key does not belong to it");
		}
	}

	private static boolean match(String algorithm, PrivateKey key, PublicKey known) {
		try {
			Signature signature = Signature.getInstance(algorithm);
			signature.initSign(key);
			signature.update(SAMPLE);
			byte[] signed = signature.sign();
			signature.initVerify(known);
			signature.update(SAMPLE);
			return signature.verify(signed);
		}
		catch (GeneralSecurityException ex) {
			// Of another curve or another length: not its signature at all.
			return false;
		}
	}

	/** A private key that is not the certificate's, or none. */
	static final class MismatchException extends GeneralSecurityException {

		private MismatchException(String message) {
			super(message);
		}

	}

}
