package dev.usher.jetty;

import java.security.KeyStore;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** The thread that watches certificates meets an Error. */
@ExtendWith(OutputCaptureExtension.class)
class TlsReloadErrorTests {

	@Test
	void reloadWhenItMeetsAnErrorThenItIsSaidAndEveryConnectorIsLookedAt(CapturedOutput output) {
		Server server = new Server();
		server.addConnector(new ServerConnector(server, new SslContextFactory.Server()));
		server.addConnector(new ServerConnector(server, new SslContextFactory.Server()));
		new TlsReload(server).onUpdate(SslBundle.of(new FailingStores()));
		assertThat(output.getAll().split("so the old one stays: java.lang.AssertionError: on purpose", -1)).hasSize(3);
	}

	private static final class FailingStores implements SslStoreBundle {

		@Override
		public KeyStore getKeyStore() {
			throw new AssertionError("on purpose");
		}

		@Override
		public String getKeyStorePassword() {
			throw new AssertionError("on purpose");
		}

		@Override
		public KeyStore getTrustStore() {
			throw new AssertionError("on purpose");
		}

	}

}
