package dev.usher.start;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.stereotype.Component;

/**
 * Stops the start when a property under {@code usher.} is set that nothing reads. A
 * misspelt limit would otherwise be no limit, and nobody would know.
 * <p>
 * So does a key of a map that Spring Boot would shorten in silence: outside of brackets
 * it drops every character but letters, digits and {@code . - _}, and {@code /staff}
 * would be {@code staff}.
 * <p>
 * Environment variables count too, but for those that look like a link to a service: next
 * to one called {@code usher} Kubernetes sets {@code USHER_PORT},
 * {@code USHER_SERVICE_HOST} and the like for every process.
 */
@Component
class UnknownPropertyCheck implements BeanFactoryPostProcessor, EnvironmentAware {

	/** What Kubernetes makes of the names of services and of their ports. */
	private static final Pattern SERVICE_LINK = Pattern.compile("usher(?:\\.[^.]+|\\[\\d+])*?"
			+ "\\.(?:service\\.host|service\\.port(?:[.\\[].+)?|port(?:\\[\\d+]\\.(?:tcp|udp|sctp)(?:\\.(?:proto|port|addr))?)?)");

	/** A name of ours with a character outside of brackets that is dropped. */
	private static final Pattern SHORTENED = Pattern
		.compile("(usher(?:\\.[\\w-]+|\\[[^]]*])*)\\.((?:[\\w.-]|\\[[^]]*])*[^\\w.\\[\\]-].*)");

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
					.filter((name) -> OURS.isAncestorOf(name)
							&& !(isEnvironment(source) ? isKnownVariable(known, name) : isKnown(known, name)))
					.forEach((name) -> report(source, name, unknown));
				if (!isEnvironment(source)) {
					reportShortened(source, unknown);
				}
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

	/**
	 * A variable has underscores where the property has dots and, if its writer likes,
	 * dashes.
	 */
	private static boolean isKnownVariable(List<KnownProperties> known, ConfigurationPropertyName name) {
		return SERVICE_LINK.matcher(name.toString()).matches()
				|| known.stream().anyMatch((each) -> each.containsVariable(name.toString()));
	}

	private static void report(ConfigurationPropertySource source, ConfigurationPropertyName name,
			List<String> unknown) {
		Origin origin = Origin.from(source.getConfigurationProperty(name));
		unknown.add((origin != null) ? name + " (" + origin + ")" : name.toString());
	}

	private static void reportShortened(ConfigurationPropertySource source, List<String> unknown) {
		if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> properties) {
			for (String name : properties.getPropertyNames()) {
				Matcher shortened = SHORTENED.matcher(name);
				if (shortened.matches()) {
					unknown.add(name + ", whose key is written in brackets: " + shortened.group(1) + "["
							+ shortened.group(2) + "]");
				}
			}
		}
	}

	private static boolean isEnvironment(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof PropertySource<?> underlying
				&& underlying.getName().startsWith(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
	}

}
