package dev.usher.bus;

import dev.usher.bus.BusProperties.Engine;

import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** The bus where no engine is named. An engine brings its own. */
@Configuration(proxyBeanMethods = false)
class BusConfiguration {

	@Bean
	Incarnation incarnation() {
		return Incarnation.random();
	}

	@Bean
	@Conditional(NoEngine.class)
	Bus inProcessBus() {
		return new InProcessBus();
	}

	/**
	 * Also where the name is none of an engine: the properties say what is wrong with it.
	 */
	static class NoEngine extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return new ConditionOutcome(BusProperties.engine(context.getEnvironment()) == Engine.NONE,
					"usher.cluster.bus");
		}

	}

}
