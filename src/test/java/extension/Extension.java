package extension;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

/** All of it. */
@Configuration(proxyBeanMethods = false)
@Import({ Greetings.class, Identities.class })
public class Extension {

	@Bean
	TenantInterceptor tenantInterceptor() {
		return new TenantInterceptor();
	}

	@Bean
	SessionLog sessionLog() {
		return new SessionLog();
	}

	@Bean(destroyMethod = "close")
	@Scope(scopeName = "websocket", proxyMode = ScopedProxyMode.TARGET_CLASS)
	Visits visits() {
		return new Visits();
	}

}
