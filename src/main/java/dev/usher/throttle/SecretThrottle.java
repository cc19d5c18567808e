package dev.usher.throttle;

import java.time.Clock;

import dev.usher.edge.ClientAddress;
import dev.usher.protocol.RefusedException;

import org.springframework.stereotype.Component;

/**
 * Slows addresses that show refresh tokens or secrets of clients which are none. Nobody
 * can guess those, so this spares the database, and bears more failures than logins do:
 * four times {@code usher.login.address-attempts}, forgiven four times as fast. Any
 * thread may call.
 */
@Component
public class SecretThrottle {

	private static final int PER_LOGIN = 4;

	private final Buckets addresses;

	SecretThrottle(LoginProperties properties, Clock clock) {
		this.addresses = new Buckets(PER_LOGIN * properties.addressAttempts(),
				properties.addressRefill().dividedBy(PER_LOGIN), properties.remembered(), clock);
	}

	/**
	 * Takes a token of the address's network; the attempt that is returned must be ended.
	 * @throws RefusedException {@code too_many_attempts} with how long to wait
	 */
	public Attempt begin(String address) {
		String network = ClientAddress.network(address);
		long wait = this.addresses.take(network);
		if (wait > 0) {
			throw Attempt.tooMany(wait);
		}
		return new Attempt(() -> this.addresses.giveBack(network), () -> {
		});
	}

}
