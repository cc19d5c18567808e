package dev.usher.cluster;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** What other packages tell the other nodes by. */
@Configuration(proxyBeanMethods = false)
class ClusterConfiguration {

	@Bean
	Changes changes(JdbcTemplate template) {
		return new Changes(template);
	}

}
