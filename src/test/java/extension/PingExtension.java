package extension;

import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.stereotype.Controller;

/** Takes what is the gateway's. */
@Controller
public class PingExtension {

	@MessageMapping("/ping")
	public void ping() {
	}

}
