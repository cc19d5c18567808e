package dev.usher.messaging;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

import dev.usher.testing.ExtensionJar;
import dev.usher.testing.Page;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The interceptor that the page shows, compiled and run. */
class ExtendingPageTests {

	private static final Page PAGE = Page.of("src/docs/extending.md");

	private static final String NAME = "documented.TenantInterceptor";

	private static final String IMPORTS = """
			package documented;

			import java.util.*;
			import org.springframework.context.annotation.*;
			import org.springframework.messaging.*;
			import org.springframework.messaging.handler.annotation.*;
			import org.springframework.messaging.simp.*;
			import org.springframework.messaging.simp.annotation.*;
			import org.springframework.messaging.simp.stomp.*;
			import org.springframework.messaging.support.*;
			import org.springframework.stereotype.*;

			""";

	/** Answers what the interceptor noted. */
	private static final String READER = """
			@Controller
			class Tenants {

				@MessageMapping("/tenant")
				@SendToUser("/topic/tenant")
				String tenant(SimpMessageHeaderAccessor headers) {
					return "tenant " + headers.getSessionAttributes().get("tenant");
				}

			}
			""";

	@Test
	void interceptorWhenClientsNameATenantOrNoneThenBothConnect(@TempDir Path folder) throws Exception {
		Path jar = new ExtensionJar().source(NAME, IMPORTS + PAGE.block("Interceptors", "java") + READER + """
				@org.springframework.context.annotation.Import({ TenantInterceptor.class, Tenants.class })
				class Beans {
				}
				""").write(folder.resolve("tenant.jar"));
		try (URLClassLoader loader = new URLClassLoader(new URL[] { jar.toUri().toURL() }, getClass().getClassLoader());
				TestGateway gateway = TestGateway.with(loader.loadClass("documented.Beans"))) {
			assertThat(tenant(gateway, "tenant:acme")).isEqualTo("tenant acme");
			assertThat(tenant(gateway)).isEqualTo("tenant null");
		}
	}

	private static String tenant(TestGateway gateway, String... headers) {
		try (StompClient client = gateway.connect("ann", headers)) {
			client.subscribe("1", "/user/topic/tenant");
			client.send("SEND", "destination:/app/tenant");
			return client.expect("MESSAGE").text();
		}
	}

}
