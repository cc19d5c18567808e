package extension;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.stereotype.Controller;

/** Has two methods for one destination. */
@Configuration(proxyBeanMethods = false)
@Import({ TwinExtension.First.class, TwinExtension.Second.class })
public class TwinExtension {

	/** The one. */
	@Controller
	public static class First {

		@MessageMapping("/twice")
		public void once() {
		}

	}

	/** The other. */
	@Controller
	public static class Second {

		@MessageMapping("/twice")
		public void again() {
		}

	}

}
