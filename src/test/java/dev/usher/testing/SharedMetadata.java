package dev.usher.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;
import org.springframework.core.type.classreading.MetadataReader;

/**
 * What the gateways of one process have read of the class files they look for beans in,
 * for the next: they are thousands with those of the tests, and the same each time.
 */
public final class SharedMetadata implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final Map<Resource, MetadataReader> read = new ConcurrentHashMap<>();

	/** The context forgets its own when it is up. */
	@Override
	public void initialize(ConfigurableApplicationContext context) {
		Map<Resource, MetadataReader> own = ((DefaultResourceLoader) context).getResourceCache(MetadataReader.class);
		own.putAll(read);
		context.addBeanFactoryPostProcessor((factory) -> read.putAll(own));
	}

}
