package dev.usher.bus.redis;

import java.util.Base64;

import dev.usher.bus.BusProperties;
import dev.usher.bus.Incarnation;
import dev.usher.token.DerivedSecrets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** The bus on Redis. Nothing of it is there, or loaded, without its property. */
@Configuration(proxyBeanMethods = false)
@Conditional(RedisBusConfiguration.Named.class)
@EnableConfigurationProperties(DataRedisProperties.class)
class RedisBusConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(RedisBusConfiguration.class);

	/** Names the key of the seals among the {@link DerivedSecrets}. */
	private static final String PURPOSE = "usher.cluster.bus";

	@Bean
	BusTally busTally() {
		return new BusTally();
	}

	@Bean
	RedisAddress redisAddress(DataRedisProperties redis) {
		return RedisAddress.of(redis);
	}

	@Bean
	BusState busState(RedisAddress address, BusProperties properties) {
		return new BusState(new RedisFault(address.shown(), "&" + properties.name() + ":*"));
	}

	@Bean
	RedisBus redisBus(RedisAddress address, DataRedisProperties redis, SslBundles bundles, BusState state,
			BusTally tally, BusProperties properties, Incarnation incarnation, DerivedSecrets secrets) {
		if (address.isPlainOffLoopback()) {
			logger.warn("The bus speaks to Redis at {} without TLS: whoever is on that network reads what users send. "
					+ "Set spring.data.redis.ssl.enabled=true.", address.shown());
		}
		String name = redis.getSsl().getBundle();
		SslBundle bundle = StringUtils.hasText(name) ? bundles.getBundle(name) : null;
		RedisEndpoint endpoint = new RedisEndpoint(address.uri(), RedisAddress.connectTimeout(redis), bundle);
		byte[] key = Base64.getUrlDecoder().decode(secrets.derive(PURPOSE, properties.name()));
		return new RedisBus(new RedisBus.Parts(endpoint, state, tally, key, System::currentTimeMillis), properties,
				incarnation);
	}

	@Bean
	BusHealth busHealthIndicator(BusState state) {
		return new BusHealth(state);
	}

	@Bean
	BusMeters busMeters(RedisBus bus, BusTally tally) {
		return new BusMeters(bus, tally);
	}

	/** Whether the property names it. */
	static class Named extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return new ConditionOutcome(BusProperties.engine(context.getEnvironment()) == BusProperties.Engine.REDIS,
					"usher.cluster.bus");
		}

	}

}
