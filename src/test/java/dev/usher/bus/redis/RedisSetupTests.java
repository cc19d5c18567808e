package dev.usher.bus.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

import dev.usher.bus.BusChannel;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Reach;
import dev.usher.testing.Await;
import dev.usher.testing.FreePort;
import dev.usher.testing.HttpNode;
import dev.usher.testing.RedisServer;
import dev.usher.testing.Store;
import dev.usher.testing.TestTls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A gateway whose Redis is behind TLS or behind sentinels, by its properties. */
class RedisSetupTests {

	private static final BusChannel BOB = BusChannel.user("bob");

	private static final String KEY = "usher.token.key=" + Base64.getEncoder().encodeToString(new byte[32]);

	private static final String BUS = "usher.cluster.bus=redis";

	@TempDir
	private Path folder;

	@Test
	void busWhenRedisIsBehindTlsThenWorksIfTheCertificateIsTrustedAndElseSaysSo() throws Exception {
		Path trusted = certificate("trusted");
		Path other = certificate("other");
		int port = FreePort.next();
		try (RedisServer redis = RedisServer.start("--tls-port", Integer.toString(port), "--tls-cert-file",
				trusted.toString(), "--tls-key-file", key("trusted").toString(), "--tls-ca-cert-file",
				trusted.toString(), "--tls-auth-clients", "no")) {
			try (HttpNode node = overTls(port, trusted)) {
				works(node);
				assertThat(redis.command("PUBSUB", "NUMSUB", "usher:u:bob")).contains("\n1\n");
			}
			try (HttpNode node = overTls(port, other)) {
				Await.within(30, () -> String.valueOf(node.bean(BusState.class).problem()).contains("over TLS"));
			}
		}
	}

	private static HttpNode overTls(int port, Path trusted) {
		return HttpNode.start(Store.EMBEDDED, BUS, KEY, "spring.data.redis.host=localhost",
				"spring.data.redis.port=" + port, "spring.data.redis.ssl.enabled=true",
				"spring.data.redis.ssl.bundle=redis",
				"spring.ssl.bundle.pem.redis.truststore.certificate=file:" + trusted);
	}

	private static void works(HttpNode node) {
		RedisBus bus = node.bean(RedisBus.class);
		Await.within(30, () -> node.bean(BusState.class).problem() == null);
		bus.want(BOB);
		Await.within(20, () -> bus.confirmed(BOB).join() == Reach.CLUSTER);
		Await.within(20, () -> bus.send(BOB, EntryKind.HINT, new byte[1]).join() == Reach.CLUSTER);
	}

	/** The certificate of a new key, as PEM; the key lies beside it. */
	private Path certificate(String name) throws Exception {
		KeyStore keys = KeyStore.getInstance(TestTls.certificate(this.folder, name).toFile(), "changeit".toCharArray());
		pem(key(name), "PRIVATE KEY", keys.getKey("web", "changeit".toCharArray()).getEncoded());
		return pem(this.folder.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate("web").getEncoded());
	}

	private Path key(String name) {
		return this.folder.resolve(name + ".key");
	}

	private static Path pem(Path file, String type, byte[] der) throws IOException {
		return Files.writeString(file, "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(der)
				+ "\n-----END " + type + "-----\n");
	}

	/** The sentinels close whoever is connected at that moment. */
	private static boolean isMaster(RedisServer server) {
		try {
			return server.command("INFO", "replication").contains("role:master");
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	@Test
	void busWhenTheSentinelsMakeTheReplicaTheMasterThenWorksThere() throws Exception {
		int port = FreePort.next();
		try (RedisServer first = RedisServer.start()) {
			try (RedisServer second = RedisServer.start("--replicaof", "127.0.0.1 " + first.port())) {
				Await.within(30, () -> second.command("INFO", "replication").contains("master_link_status:up"));
				Process sentinel = sentinel(port, first.port());
				try (HttpNode node = HttpNode.start(Store.EMBEDDED, BUS, KEY,
						"spring.data.redis.sentinel.master=gateway",
						"spring.data.redis.sentinel.nodes=127.0.0.1:" + port)) {
					works(node);
					assertThat(first.command("PUBSUB", "NUMSUB", "usher:u:bob")).contains("\n1\n");
					first.stop();
					Await.within(30, () -> node.bean(BusState.class).problem() != null);
					Await.within(60, () -> isMaster(second));
					Await.within(60, () -> second.command("PUBSUB", "NUMSUB", "usher:u:bob").contains("\n1\n"));
					works(node);
				}
				finally {
					sentinel.destroyForcibly().waitFor();
				}
			}
		}
	}

	private Process sentinel(int port, int master) throws IOException {
		Path file = Files.writeString(this.folder.resolve("sentinel.conf"), """
				port %d
				bind 127.0.0.1
				dir %s
				sentinel monitor gateway 127.0.0.1 %d 1
				sentinel down-after-milliseconds gateway 1000
				sentinel failover-timeout gateway 5000
				""".formatted(port, this.folder, master));
		return new ProcessBuilder("redis-server", file.toString(), "--sentinel").redirectErrorStream(true)
			.redirectOutput(this.folder.resolve("sentinel.log").toFile())
			.start();
	}

}
