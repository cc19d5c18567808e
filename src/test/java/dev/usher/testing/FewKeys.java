package dev.usher.testing;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyPairGeneratorSpi;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.conscrypt.Conscrypt;

/**
 * Hands out the same few RSA keys in turn to all who make one in this process, and signs
 * with them in native code where its library loads. Every gateway makes a key when it
 * starts for the first time, and signs at each login. The first compiler, which is the
 * only one in the processes of the tests, makes that take longer than most tests. The
 * signatures are the same, because nothing about them is random.
 */
public final class FewKeys extends Provider {

	private static final long serialVersionUID = 1;

	/** More than one test has at a time. */
	private static final int KEYS = 8;

	private static final int BITS = 2048;

	private static final String SIGNATURE = "SHA256withRSA";

	private static final Provider SUN = Security.getProvider("SunRsaSign");

	private static final Provider NATIVE = Conscrypt.isAvailable() ? Conscrypt.newProvider() : SUN;

	private static final Map<Integer, KeyPair> keys = new ConcurrentHashMap<>();

	private static final AtomicInteger turn = new AtomicInteger();

	private FewKeys() {
		super("UsherTests", "1", "the same few RSA keys in turn");
		putService(new Service(this, "KeyPairGenerator", "RSA", InTurn.class.getName(), List.of(), Map.of()) {
			@Override
			public Object newInstance(Object parameter) {
				return new InTurn();
			}
		});
		putService(new Service(this, "Signature", SIGNATURE, NATIVE.getClass().getName(), List.of(), Map.of()) {
			@Override
			public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
				return NATIVE.getService("Signature", SIGNATURE).newInstance(parameter);
			}

			/** Others verify, as they do for a gateway. */
			@Override
			public boolean supportsParameter(Object key) {
				return key instanceof RSAPrivateKey;
			}
		});
	}

	/** From now on; once is enough. */
	public static synchronized void install() {
		if (Security.getProvider("UsherTests") == null) {
			Security.insertProviderAt(new FewKeys(), 1);
		}
	}

	private static final class InTurn extends KeyPairGeneratorSpi {

		private int bits = BITS;

		@Override
		public void initialize(int size, SecureRandom random) {
			this.bits = size;
		}

		@Override
		public void initialize(AlgorithmParameterSpec parameters, SecureRandom random) {
			this.bits = ((RSAKeyGenParameterSpec) parameters).getKeysize();
		}

		@Override
		public KeyPair generateKeyPair() {
			return (this.bits != BITS) ? make(this.bits)
					: keys.computeIfAbsent(turn.getAndIncrement() % KEYS, (number) -> make(BITS));
		}

		private static KeyPair make(int bits) {
			try {
				KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", (bits == BITS) ? NATIVE : SUN);
				generator.initialize(bits);
				KeyPair pair = generator.generateKeyPair();
				// As the JDK's own, which is what a gateway makes.
				KeyFactory factory = KeyFactory.getInstance("RSA", SUN);
				return new KeyPair(factory.generatePublic(new X509EncodedKeySpec(pair.getPublic().getEncoded())),
						factory.generatePrivate(new PKCS8EncodedKeySpec(pair.getPrivate().getEncoded())));
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
