package dev.usher.session;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import dev.usher.testing.HttpNode;
import dev.usher.testing.ProvingClient;
import dev.usher.testing.StompClient;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.BeanPostProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/** What calls about sessions ask of the database, by statements. */
class SessionCostTests {

	private static final List<String> statements = new CopyOnWriteArrayList<>();

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.startWith(Store.EMBEDDED,
				(context) -> context.registerBean("countingStatements", BeanPostProcessor.class, Counting::new));
		node.makeUser("ann", "user");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	/** Of the threads of requests: the node's own timers do not count. */
	private static List<String> of(Runnable call) {
		statements.clear();
		call.run();
		return List.copyOf(statements);
	}

	@Test
	void loginThenAsksForTheAccountTwiceListsOnceAndInsertsThrice() {
		assertThat(of(() -> node.login("ann"))).hasSize(6);
	}

	@Test
	void refreshThenReadsTwiceAndWritesTwice() {
		String token = node.login("ann").text("refresh_token");
		assertThat(of(() -> node.refresh(token))).hasSize(4);
		assertThat(of(() -> node.refresh(token))).as("a repeat").hasSize(2);
	}

	@Test
	void connectThenAsksForNothing() {
		String token = node.login("ann").text("access_token");
		assertThat(of(() -> StompClient.connect(node.port(), token).close())).isEmpty();
	}

	@Test
	void proofThenIsOneRow() {
		ProvingClient client = new ProvingClient(node.port(), node.clock());
		String token = client.login("ann", HttpNode.PASSWORD).text("access_token");
		assertThat(of(() -> client.call("GET", "/auth/me", token, null))).hasSize(1);
		assertThat(of(() -> {
			try (StompClient socket = client.sendConnect(token)) {
				socket.expect("CONNECTED");
			}
		})).hasSize(1);
	}

	@Test
	void listThenAsksOnce() {
		String token = node.login("ann").text("access_token");
		assertThat(of(() -> node.get("/auth/sessions", token))).hasSize(1);
	}

	@Test
	void endThenLocksDeletesAndRevokes() {
		String token = node.login("ann").text("access_token");
		assertThat(of(() -> node.call("POST", "/auth/logout", token, null))).hasSize(3);
	}

	private static final class Counting implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String name) {
			return (bean instanceof DataSource source) ? counting(source) : bean;
		}

		private static DataSource counting(DataSource source) {
			return wrap(DataSource.class, source);
		}

		private static void note(String sql) {
			String thread = Thread.currentThread().getName();
			if (thread.startsWith("qtp") || thread.startsWith("hashing-") || thread.startsWith("session-lookup-")
					|| thread.equals("used-ids")) {
				statements.add(sql);
			}
		}

		private static <T> T wrap(Class<T> type, T target) {
			return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type, AutoCloseable.class },
					(proxy, method, arguments) -> {
						Object result;
						try {
							result = method.invoke(target, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
						if (result instanceof Connection connection && type == DataSource.class) {
							return wrap(Connection.class, connection);
						}
						if (result instanceof PreparedStatement) {
							note((String) arguments[0]);
						}
						return result;
					}));
		}

	}

}
