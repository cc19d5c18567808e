package dev.usher.testing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.usher.UsherApplication;
import dev.usher.account.CheapHashing;
import dev.usher.thread.SteadyTime;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * The whole gateway in this process, on a port and a data folder of its own, with a clock
 * moved by hand and a trusted issuer whose tokens a test can mint.
 */
public final class TestGateway implements AutoCloseable {

	private static final byte[] SECRET = "a secret of thirty-two bytes or more".getBytes(StandardCharsets.UTF_8);

	private static final String ISSUER = "test-issuer";

	static {
		FewKeys.install();
	}

	private final MutableClock clock = new MutableClock();

	private final Path data;

	private final ConfigurableApplicationContext context;

	private TestGateway(Class<?>[] sources, String[] properties) {
		this.data = Migrations.newDataFolder("usher-test");
		// The test closes it. One whose threads hang would keep the process from its end.
		this.context = new SpringApplicationBuilder(sources).registerShutdownHook(false)
			.initializers(new SharedMetadata(), (context) -> CheapHashing.register((GenericApplicationContext) context),
					(context) -> ((GenericApplicationContext) context).registerBean("testClock", Clock.class,
							() -> this.clock, (definition) -> definition.setPrimary(true)),
					(context) -> ((GenericApplicationContext) context).registerBean("testTime", SteadyTime.class,
							() -> this.clock::nanos, (definition) -> definition.setPrimary(true)))
			.run(arguments(properties));
	}

	/**
	 * Starts a gateway on a free port and waits until it is up.
	 * @param properties such as {@code usher.connect.timeout=1s}
	 */
	public static TestGateway start(String... properties) {
		return new TestGateway(new Class<?>[] { UsherApplication.class }, properties);
	}

	/**
	 * Starts one with beans of others.
	 * @param beans a class with {@code @Bean} methods and no annotation of its own, which
	 * would have every gateway of the tests find it
	 */
	public static TestGateway with(Class<?> beans, String... properties) {
		return new TestGateway(new Class<?>[] { UsherApplication.class, beans }, properties);
	}

	private String[] arguments(String[] properties) {
		Map<String, String> all = new LinkedHashMap<>();
		// A busy machine takes its time between the handshake and a CONNECT.
		all.put("usher.connect.timeout", "1m");
		all.put("server.port", "0");
		// A second server, which few ask for.
		all.put("management.server.port", "-1");
		all.put("usher.data", this.data.toString());
		all.put("usher.issuers[0].issuer", ISSUER);
		all.put("usher.issuers[0].secret", new String(SECRET, StandardCharsets.UTF_8));
		all.put("usher.issuers[0].audience", "usher");
		all.put("usher.issuers[0].roles", "user,service");
		all.put("usher.access[0].destination", "/topic/**");
		all.put("usher.access[0].subscribe", "*");
		all.put("usher.access[0].publish", "*");
		all.put("usher.access[1].destination", "/user/*/topic/**");
		all.put("usher.access[1].publish", "*");
		all.put("usher.access[2].destination", "/user/*/queue/**");
		all.put("usher.access[2].publish", "*");
		all.put("usher.access[3].destination", "/queue/**");
		all.put("usher.access[3].subscribe", "user");
		all.put("usher.access[3].publish", "user");
		Arrays.stream(properties)
			.map((property) -> property.split("=", 2))
			.forEach((pair) -> all.put(pair[0], pair[1]));
		List<String> arguments = new ArrayList<>();
		all.forEach((name, value) -> arguments.add("--" + name + "=" + value));
		return arguments.toArray(String[]::new);
	}

	public int port() {
		return ((WebServerApplicationContext) this.context).getWebServer().getPort();
	}

	/**
	 * Bounds what the kernel takes for a client that does not read, which is megabytes
	 * otherwise; from the next connection on.
	 */
	public TestGateway sendBuffer(int bytes) {
		JettyWebServer jetty = (JettyWebServer) ((WebServerApplicationContext) this.context).getWebServer();
		for (Connector connector : jetty.getServer().getConnectors()) {
			((ServerConnector) connector).setAcceptedSendBufferSize(bytes);
		}
		return this;
	}

	public MutableClock clock() {
		return this.clock;
	}

	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	/** A token of the trusted issuer, good for 15 minutes. */
	public String token(String user) {
		return token(user, Duration.ofMinutes(15), Map.of());
	}

	public String token(String user, Duration lifetime, Map<String, Object> claims) {
		JWTClaimsSet.Builder builder = new JWTClaimsSet.Builder().issuer(ISSUER)
			.audience("usher")
			.subject(user)
			.jwtID(UUID.randomUUID().toString())
			.issueTime(Date.from(this.clock.instant()))
			.expirationTime(Date.from(this.clock.instant().plus(lifetime)));
		claims.forEach(builder::claim);
		SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), builder.build());
		try {
			jwt.sign(new MACSigner(SECRET));
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
		return jwt.serialize();
	}

	/** Opens a session as a user of the trusted issuer. */
	public StompClient connect(String user, String... headers) {
		return StompClient.connect(port(), token(user), headers);
	}

	/** Opens a socket and nothing more. */
	public StompClient open(String... headers) {
		return StompClient.open(port(), headers);
	}

	@Override
	public void close() {
		this.context.close();
		FileSystemUtils.deleteRecursively(this.data.toFile());
	}

}
