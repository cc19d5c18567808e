package dev.usher.start;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.stereotype.Component;

/**
 * Stops the start when a property under {@code usher.} is set that nothing reads. A
 * misspelt limit would otherwise be no limit, and nobody would know.
 * <p>
 * An environment variable only gets a warning: next to a service called {@code usher}
 * Kubernetes sets {@code USHER_PORT}, {@code USHER_SERVICE_HOST} and the like for every
 * process.
 */
@Component
class UnknownPropertyCheck implements BeanFactoryPostProcessor, EnvironmentAware {

	private static final Logger logger = LoggerFactory.getLogger(UnknownPropertyCheck.class);

	private static final ConfigurationPropertyName OURS = ConfigurationPropertyName.of("usher");

	private @Nullable Environment environment;

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		List<KnownProperties> known = known(beans);
		List<String> unknown = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources
			.get(Objects.requireNonNull(this.environment))) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter((name) -> OURS.isAncestorOf(name) && !isKnown(known, name))
					.forEach((name) -> report(source, name, unknown));
			}
		}
		if (!unknown.isEmpty()) {
			throw new UnknownPropertyException(unknown);
		}
	}

	private static List<KnownProperties> known(ConfigurableListableBeanFactory beans) {
		List<KnownProperties> known = new ArrayList<>();
		for (String bean : beans.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
			Class<?> type = beans.getType(bean, false);
			ConfigurationProperties annotation = beans.findAnnotationOnBean(bean, ConfigurationProperties.class, false);
			if (type != null && annotation != null
					&& OURS.equals(ConfigurationPropertyName.of(annotation.prefix()).chop(1))) {
				known.add(KnownProperties.of(annotation.prefix(), type));
			}
		}
		return known;
	}

	private static boolean isKnown(List<KnownProperties> known, ConfigurationPropertyName name) {
		return known.stream().anyMatch((each) -> each.contains(name.toString()));
	}

	private static void report(ConfigurationPropertySource source, ConfigurationPropertyName name,
			List<String> unknown) {
		if (isEnvironment(source)) {
			logger.warn("Nothing reads the property {}, which an environment variable sets", name);
			return;
		}
		Origin origin = Origin.from(source.getConfigurationProperty(name));
		unknown.add((origin != null) ? name + " (" + origin + ")" : name.toString());
	}

	private static boolean isEnvironment(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof PropertySource<?> underlying
				&& underlying.getName().startsWith(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
	}

}
