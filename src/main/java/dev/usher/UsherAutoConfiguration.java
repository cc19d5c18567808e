package dev.usher;

import java.time.Clock;

import dev.usher.thread.SteadyTime;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.core.Ordered;

/**
 * The gateway as an auto-configuration: what {@link UsherApplication} starts, and what an
 * application has that depends on the plain classes. It comes before all others, so that
 * Spring Boot's step back for what is here, and those of extensions find it made.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.HIGHEST_PRECEDENCE)
@ComponentScan(excludeFilters = { @ComponentScan.Filter(type = FilterType.CUSTOM, classes = TypeExcludeFilter.class),
		@ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE,
				classes = { UsherApplication.class, UsherAutoConfiguration.class }) })
@ConfigurationPropertiesScan
public class UsherAutoConfiguration {

	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

	@Bean
	SteadyTime steadyTime() {
		return System::nanoTime;
	}

}
