package dev.usher.start;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.Profiles;
import org.springframework.core.io.ClassPathResource;

/**
 * The gateway's own settings of Spring Boot, below all that is given anywhere. They are
 * in no {@code application.yaml}: the one of an extension, or of an application that the
 * gateway is a part of, would be found in its place, and metrics would be on the public
 * port.
 */
class Defaults implements EnvironmentPostProcessor, Ordered {

	/** After the profiles are known, before the demo adds what nobody gave. */
	private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 10;

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (environment.acceptsProfiles(Profiles.of("demo"))) {
			addLast(environment.getPropertySources(), "defaults-demo.yaml");
		}
		addLast(environment.getPropertySources(), "defaults.yaml");
	}

	private static void addLast(MutablePropertySources sources, String file) {
		try {
			new YamlPropertySourceLoader().load("usher " + file, new ClassPathResource(file, Defaults.class))
				.forEach(sources::addLast);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
