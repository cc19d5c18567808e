package dev.usher.testing;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyPairGeneratorSpi;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands out the same few RSA keys in turn to all who make one in this process. Every
 * gateway makes one when it starts for the first time, and that takes longer than most
 * tests.
 */
public final class FewKeys extends Provider {

	private static final long serialVersionUID = 1;

	/** More than one test has at a time. */
	private static final int KEYS = 8;

	private static final int BITS = 2048;

	private static final Provider SUN = Security.getProvider("SunRsaSign");

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
				KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", SUN);
				generator.initialize(bits);
				return generator.generateKeyPair();
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
