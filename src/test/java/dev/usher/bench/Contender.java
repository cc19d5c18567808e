package dev.usher.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

import dev.usher.testing.ExtensionJar;
import org.jspecify.annotations.Nullable;

/**
 * One of the servers that are held against each other.
 *
 * @param name what the table calls it
 * @param peer how it is spoken to
 * @param tls whether it listens with TLS, and with what
 * @param jvm whether it has a Java heap to look at
 * @param launch makes the command from the port to listen on and a folder to write to
 */
record Contender(String name, Peer peer, @Nullable Tls tls, boolean jvm,
		BiFunction<Integer, Path, List<String>> launch) {

	static final String USHER = "usher";

	static final String BEFORE = "before";

	static final String INTERCEPTOR = "interceptor";

	static final String BOUND = "bound";

	static final String FLOOR = "floor";

	static final String STOCK = "stock";

	static final String NATS = "nats";

	/** The load is one address with one publisher, as no real load is. */
	private static final List<String> UNLIMITED = List.of("--usher.connect.frames-per-second=0",
			"--usher.connect.bytes-per-second=0", "--usher.connect.pending-per-address=0");

	static final String NO_MANAGEMENT = "--management.server.port=-1";

	List<String> command(int port, Path folder) {
		return this.launch.apply(port, folder);
	}

	/** The connections of a load, to this server on its port. */
	ClientLoop clients(int port) throws IOException {
		return (this.tls != null) ? new ClientLoop(this.peer, port, this.tls.wires()) : new ClientLoop(this.peer, port);
	}

	/** The same with further arguments. */
	Contender with(String... arguments) {
		return new Contender(this.name, this.peer, this.tls, this.jvm, (port, folder) -> {
			List<String> command = new ArrayList<>(command(port, folder));
			command.addAll(List.of(arguments));
			return command;
		});
	}

	/** The gateway, from its jar. */
	static Contender usher(Settings settings, Issuer issuer, @Nullable Tls tls) {
		return usher(USHER, settings.jar(), settings, issuer, tls, List.of());
	}

	/** The gateway, from the jar of another build. */
	static Contender before(Settings settings, Issuer issuer, @Nullable Tls tls) {
		return usher(BEFORE, Path.of(settings.before()), settings, issuer, tls, List.of());
	}

	/** The gateway, whose clients have tokens that are bound to a key of theirs. */
	static Contender bound(Settings settings, Issuer issuer) {
		BoundLogins logins = new BoundLogins(issuer);
		Contender usher = usher(BOUND, settings.jar(), settings, issuer, null, List.of());
		return new Contender(BOUND, new StompPeer("topic", logins::login), null, true, (port, folder) -> {
			logins.to(port);
			return usher.command(port, folder);
		});
	}

	/** The gateway with an extension that reads a native header of every SEND. */
	static Contender interceptor(Settings settings, Issuer issuer, @Nullable Tls tls, Path folder) {
		new ExtensionJar()
			.source("bench.ReadingInterceptor",
					"""
							package bench;

							import org.springframework.messaging.Message;
							import org.springframework.messaging.MessageChannel;
							import org.springframework.messaging.simp.stomp.StompCommand;
							import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
							import org.springframework.messaging.support.ChannelInterceptor;
							import org.springframework.messaging.support.MessageHeaderAccessor;

							public class ReadingInterceptor implements ChannelInterceptor {

								@Override
								public Message<?> preSend(Message<?> message, MessageChannel channel) {
									StompHeaderAccessor accessor = MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
									boolean isRefused = accessor.getCommand() == StompCommand.SEND
											&& "yes".equals(accessor.getFirstNativeHeader("refuse"));
									return (isRefused) ? null : message;
								}

							}
							""")
			.autoConfiguration("bench.ReadingInterceptor")
			.write(folder.resolve("interceptor.jar"));
		return usher(INTERCEPTOR, settings.jar(), settings, issuer, tls, List.of("-Dloader.path=" + folder));
	}

	private static Contender usher(String name, Path jar, Settings settings, Issuer issuer, @Nullable Tls tls,
			List<String> javaArguments) {
		return new Contender(name, new StompPeer("topic", issuer), tls, true, (port, folder) -> {
			List<String> command = java(settings);
			command.addAll(javaArguments);
			command.addAll(List.of("-jar", jar.toString(), "--server.port=" + port, NO_MANAGEMENT,
					"--server.address=127.0.0.1", "--usher.data=" + folder.resolve("data"),
					"--usher.issuers[0].issuer=" + Issuer.NAME, "--usher.issuers[0].audience=" + Issuer.AUDIENCE,
					"--usher.issuers[0].jwk-set-uri=" + issuer.jwkSetUri(), "--usher.access[0].destination=/topic/**",
					"--usher.access[0].subscribe=*", "--usher.access[0].publish=*",
					"--usher.access[1].destination=/user/*/topic/**", "--usher.access[1].publish=*",
					"--usher.access[2].destination=/user/*/queue/**", "--usher.access[2].publish=*"));
			command.addAll(UNLIMITED);
			if (tls != null) {
				command.addAll(tls.springArguments());
			}
			command.addAll(settings.usherArguments());
			return command;
		});
	}

	/** The stock Spring application, from the class path of this process. */
	static Contender stock(Settings settings, Issuer issuer) {
		return new Contender(STOCK, new StompPeer("queue", issuer), null, true, (port, folder) -> {
			List<String> command = java(settings);
			command.addAll(List.of("-cp", System.getProperty("java.class.path"), StockApplication.class.getName(),
					"--server.port=" + port, "--server.address=127.0.0.1",
					"--bench.jwk-set-uri=" + issuer.jwkSetUri()));
			return command;
		});
	}

	/** A NATS server, from the PATH. */
	static Contender nats(Path program, @Nullable Tls tls) {
		String token = "benchmark";
		return new Contender(NATS, new NatsPeer(token), tls, false, (port, folder) -> {
			Path configuration = folder.resolve("nats.conf");
			try {
				Files.writeString(configuration, """
						listen: "127.0.0.1:-1"
						ping_interval: "1h"
						authorization { token: "%s" }
						websocket { host: "127.0.0.1", port: %d, %s, compression: false }
						""".formatted(token, port, (tls != null) ? tls.natsBlock() : "no_tls: true"));
			}
			catch (IOException ex) {
				throw new BenchmarkException("Cannot write " + configuration, ex);
			}
			return List.of(program.toString(), "-c", configuration.toString());
		});
	}

	/** One thread that writes; wants the number of its users behind its command. */
	static Contender floor(Settings settings) {
		return new Contender(FLOOR, new FloorPeer(), null, true, (port, folder) -> {
			List<String> command = java(settings);
			command.addAll(List.of("-cp", System.getProperty("java.class.path"), FloorServer.class.getName(),
					Integer.toString(port)));
			return command;
		});
	}

	private static List<String> java(Settings settings) {
		List<String> command = new ArrayList<>(List.of(Machine.javaTool("java"), "-Xmx" + settings.heap()));
		command.addAll(settings.javaArguments());
		return command;
	}

}
