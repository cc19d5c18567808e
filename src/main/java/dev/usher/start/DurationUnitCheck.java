package dev.usher.start;

import java.time.Duration;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Stops the start when a duration under {@code usher.} has no unit. Spring Boot reads it
 * as milliseconds: a limit of 30 s would be none, and nobody would know. 0 needs no unit.
 */
@Component
class DurationUnitCheck implements ConfigurationPropertiesBindHandlerAdvisor {

	private static final ConfigurationPropertyName OURS = ConfigurationPropertyName.of("usher");

	/** Any number but 0, and its digits. */
	private static final Pattern BARE = Pattern.compile("[+-]?(?!0+$)(\\d+)");

	private final Environment environment;

	DurationUnitCheck(Environment environment) {
		this.environment = environment;
	}

	@Override
	public BindHandler apply(BindHandler handler) {
		return new AbstractBindHandler(handler) {

			@Override
			public Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
					Object result) {
				ConfigurationProperty property = context.getConfigurationProperty();
				if (property != null && OURS.isAncestorOf(name) && holdsDurations(target.getType())) {
					check(name, property.getValue());
				}
				return super.onSuccess(name, target, context, result);
			}

		};
	}

	/** Also where several are written as one value, with commas. */
	private static boolean holdsDurations(ResolvableType type) {
		return type.resolve() == Duration.class || type.asCollection().resolveGeneric() == Duration.class;
	}

	private void check(ConfigurationPropertyName name, @Nullable Object value) {
		String written = this.environment.resolvePlaceholders(String.valueOf(value));
		for (String each : written.split(",")) {
			String number = each.strip();
			if (BARE.matcher(number).matches()) {
				throw new IllegalArgumentException(
						name + " is " + number + ", without a unit. Write " + number.replaceFirst("^[+-]", "") + "s.");
			}
		}
	}

}
