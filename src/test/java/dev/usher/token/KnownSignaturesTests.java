package dev.usher.token;

import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is remembered of a signature, and that nothing else passes for it. */
class KnownSignaturesTests {

	private final KnownSignatures signatures = new KnownSignatures();

	private final byte[] secret = secret();

	private static byte[] secret() {
		byte[] secret = new byte[32];
		new SecureRandom().nextBytes(secret);
		return secret;
	}

	private String token(String subject) throws JOSEException {
		JWSObject token = new JWSObject(new JWSHeader(JWSAlgorithm.HS256),
				new Payload("{\"sub\":\"" + subject + "\"}"));
		token.sign(new MACSigner(this.secret));
		return token.serialize();
	}

	private boolean fits(String token, JWSVerifier key) throws Exception {
		return this.signatures.fits(JWSObject.parse(token), key);
	}

	@Test
	void tokenWhenItComesAgainThenItsSignatureIsCheckedOnce() throws Exception {
		Key key = new Key(this.secret);
		String token = token("alice");
		assertThat(fits(token, key)).isTrue();
		assertThat(fits(token, key)).isTrue();
		assertThat(key.checks.get()).isOne();
	}

	@Test
	void tokenWhenOnePartIsAnothersThenItIsRefused() throws Exception {
		Key key = new Key(this.secret);
		String alice = token("alice");
		String bob = token("bob");
		assertThat(fits(alice, key)).isTrue();
		assertThat(fits(bob, key)).isTrue();
		String[] ours = alice.split("\\.");
		String[] theirs = bob.split("\\.");
		assertThat(fits(ours[0] + "." + theirs[1] + "." + ours[2], key)).isFalse();
		assertThat(fits(ours[0] + "." + ours[1] + "." + theirs[2], key)).isFalse();
		assertThat(fits(alice, key)).isTrue();
	}

	/** The key was exchanged for one of the same name. */
	@Test
	void tokenWhenItsKeyIsAnotherThenItIsCheckedAgain() throws Exception {
		String token = token("alice");
		assertThat(fits(token, new Key(this.secret))).isTrue();
		assertThat(fits(token, new Key(secret()))).isFalse();
		Key same = new Key(this.secret);
		assertThat(fits(token, same)).isTrue();
		assertThat(same.checks.get()).isOne();
	}

	@Test
	void tokenWhenItWasRefusedThenThatIsNotRemembered() throws Exception {
		Key key = new Key(secret());
		String token = token("alice");
		assertThat(fits(token, key)).isFalse();
		assertThat(fits(token, key)).isFalse();
		assertThat(key.checks.get()).isEqualTo(2);
	}

	@Test
	void tokensWhenMoreComeThanAreRememberedThenEachIsStillAccepted() throws Exception {
		Key key = new Key(this.secret);
		for (int i = 0; i < 10_000; i++) {
			assertThat(fits(token("user-" + i), key)).isTrue();
		}
		assertThat(fits(token("user-1"), key)).isTrue();
		assertThat(key.checks.get()).isGreaterThanOrEqualTo(10_000);
	}

	/** A key that counts how often it was asked. */
	private static final class Key implements JWSVerifier {

		private final AtomicInteger checks = new AtomicInteger();

		private final MACVerifier verifier;

		Key(byte[] secret) throws JOSEException {
			this.verifier = new MACVerifier(secret);
		}

		@Override
		public boolean verify(JWSHeader header, byte[] input, Base64URL signature) throws JOSEException {
			this.checks.incrementAndGet();
			return this.verifier.verify(header, input, signature);
		}

		@Override
		public Set<JWSAlgorithm> supportedJWSAlgorithms() {
			return this.verifier.supportedJWSAlgorithms();
		}

		@Override
		public JCAContext getJCAContext() {
			return this.verifier.getJCAContext();
		}

	}

}
