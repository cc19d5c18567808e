package dev.usher.passkey;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Removes the passkeys of the demo's accounts where the profile {@code demo} is not
 * active, whether or not passkeys are configured now. Whoever knew the password that
 * everybody knows could register one, and it would open the account after that has got a
 * password of its own. Done before accounts are looked at, as one may cease to be the
 * demo's then.
 */
@Component
@Profile("!demo")
class DemoPasskeyRemoval implements InitializingBean {

	private static final Logger logger = LoggerFactory.getLogger(DemoPasskeyRemoval.class);

	private final JdbcClient jdbc;

	DemoPasskeyRemoval(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Override
	public void afterPropertiesSet() {
		int removed = this.jdbc.sql(
				"DELETE FROM passkey_users WHERE username_key IN (SELECT username_key FROM accounts WHERE demo = TRUE)")
			.update();
		if (removed > 0) {
			logger.warn("Removed the passkeys of {} accounts that the profile demo made.", removed);
		}
	}

}
