package dev.usher.demo;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the profile {@code demo} does.
 *
 * @param then {@code usher.demo.then}, what follows the walk: {@code stay}, the default,
 * leaves the gateway up; {@code exit} ends the process, with 0 if every step held and 1
 * if one did not. Without the profile it means nothing
 */
@ConfigurationProperties("usher.demo")
record DemoProperties(@DefaultValue("stay") String then) {

	private static final String STAY = "stay";

	private static final String EXIT = "exit";

	DemoProperties {
		if (!then.equals(STAY) && !then.equals(EXIT)) {
			throw new IllegalArgumentException("usher.demo.then must be stay or exit, but is " + then);
		}
	}

	boolean exits() {
		return this.then.equals(EXIT);
	}

}
