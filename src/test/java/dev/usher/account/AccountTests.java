package dev.usher.account;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Accounts over real HTTP, on every database. */
@ParameterizedClass
@EnumSource(Store.class)
class AccountTests {

	private static HttpNode node;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	AccountTests(Store store) {
		assertThat(store).isNotNull();
	}

	@Test
	void firstStartThenMakesAdministratorWithAPasswordNobodyKnows() {
		assertThat(node.adminPassword()).hasSize(24);
		assertThat(node.get("/auth/me", node.admin()).json().path("roles").toString()).isEqualTo("[\"admin\"]");
	}

	@Test
	void createThenAnswersTheAccountAndNoHash() {
		Answer created = create("Carol.S+x@example-1.org", "long enough", List.of("user", "service"));
		assertThat(created.status()).isEqualTo(201);
		assertThat(created.header("Location")).isEqualTo("/admin/accounts/Carol.S+x@example-1.org");
		assertThat(created.json().propertyNames()).containsExactlyInAnyOrder("username", "roles", "disabled",
				"created_at");
		assertThat(created.json().path("roles").toString()).isEqualTo("[\"service\",\"user\"]");
	}

	@Test
	void createWhenNameDiffersOnlyInCaseThenExists() {
		assertThat(create("dave", "long enough", List.of()).status()).isEqualTo(201);
		assertThat(create("dave", "long enough", List.of()).code()).isEqualTo("account_exists");
		assertThat(create("DAVE", "long enough", List.of()).code()).isEqualTo("account_exists");
	}

	@Test
	void createWhenNameIsBadThenIsRefused() {
		for (String name : List.of("", " ", "a b", "a/b", "a%b", "ä", "a".repeat(65), "a\0", "a\n", "a*", "{user}", ".",
				"..")) {
			assertThat(create(name, "long enough", List.of()).code()).as(name).isEqualTo("bad_username");
		}
	}

	@Test
	void createWhenPasswordIsWeakThenIsRefusedInASentence() {
		for (String password : List.of("", "1234567", "Password1", "weak-name", "WEAK-NAME", "x".repeat(1025))) {
			Answer answer = create("weak-name", password, List.of());
			assertThat(answer.code()).as(password).isEqualTo("weak_password");
			assertThat(answer.status()).isEqualTo(422);
			assertThat(answer.text("detail")).endsWith(".");
		}
	}

	@Test
	void createWhenRoleIsBadThenIsRefused() {
		for (String role : List.of("", "*", "a b", "ä", "a".repeat(65))) {
			assertThat(create("role-name", "long enough", List.of(role)).code()).as(role).isEqualTo("bad_request");
		}
	}

	@Test
	void rolesWhenOneIsNullThenAreRefusedByName() {
		assertThat(create("dotted", "long enough", List.of("a.b")).status()).isEqualTo(201);
		List<String> roles = java.util.Collections.singletonList(null);
		assertThat(create("role-name", "long enough", roles).text("detail"))
			.isEqualTo("Member \"roles\" must be a list of strings.");
		assertThat(node.call("PATCH", "/admin/accounts/dotted", node.admin(), Map.of("roles", roles)).text("detail"))
			.isEqualTo("Member \"roles\" must be a list of strings.");
	}

	@Test
	void changeWhenAMemberIsMisspeltThenItIsNamed() {
		assertThat(node.call("PATCH", "/admin/accounts/admin", node.admin(), Map.of("disable", true)).text("detail"))
			.isEqualTo("Member \"disable\" is unknown.");
	}

	@Test
	void listWhenItsPlaceIsNoNameThenTheParameterIsNamed() {
		for (String after : List.of("a/b", "..", "%00", "a".repeat(65))) {
			Answer answer = node.get("/admin/accounts?after=" + after, node.admin());
			assertThat(answer.code()).as(after).isEqualTo("bad_request");
			assertThat(answer.text("detail")).contains("\"after\"");
		}
	}

	private static Answer create(String username, String password, List<String> roles) {
		return node.call("POST", "/admin/accounts", node.admin(),
				Map.of("username", username, "password", password, "roles", roles));
	}

	@Test
	void listThenPagesInOrderOfName() {
		for (String name : List.of("page-c", "Page-B", "page-a")) {
			create(name, "long enough", List.of());
		}
		String admin = node.admin();
		assertThat(names(node.get("/admin/accounts?after=page-&limit=2", admin))).containsExactly("page-a", "Page-B");
		assertThat(names(node.get("/admin/accounts?after=Page-B&limit=1", admin))).containsExactly("page-c");
		for (String query : List.of("limit=0", "limit=1001", "limit=x")) {
			assertThat(node.get("/admin/accounts?" + query, admin).text("detail")).contains("\"limit\"");
		}
	}

	private static List<String> names(Answer answer) {
		List<String> names = new ArrayList<>();
		answer.json().forEach((account) -> names.add(account.path("username").asString()));
		return names;
	}

	@Test
	void administrationWhenCallerIsNoAdministratorThenIsForbidden() {
		create("plain", "long enough", List.of("user"));
		String token = node.login("plain", "long enough").text("access_token");
		assertThat(node.get("/admin/accounts", token).code()).isEqualTo("forbidden");
		assertThat(node.call("DELETE", "/admin/accounts/admin", token, null).code()).isEqualTo("forbidden");
	}

	@Test
	void administrationWhenRoleWasTakenAwayThenIsForbiddenAtOnce() {
		create("demoted", "long enough", List.of("admin"));
		String token = node.login("demoted", "long enough").text("access_token");
		assertThat(node.get("/admin/accounts", token).status()).isEqualTo(200);
		node.call("PATCH", "/admin/accounts/demoted", node.admin(), Map.of("roles", List.of("user")));
		assertThat(node.get("/admin/accounts", token).code()).isEqualTo("forbidden");
	}

	@Test
	void changeWhenLastAdministratorThenIsRefused() {
		String admin = node.admin();
		for (Map<String, ?> change : List.of(Map.of("disabled", true), Map.of("roles", List.of("user")))) {
			assertThat(node.call("PATCH", "/admin/accounts/Admin", admin, change).code()).isEqualTo("last_admin");
		}
		assertThat(node.call("DELETE", "/admin/accounts/admin", admin, null).code()).isEqualTo("last_admin");
		assertThat(node.get("/admin/accounts", admin).status()).isEqualTo(200);
	}

	@Test
	void changeWhenTwoAdministratorsDeleteEachOtherThenOneStays() throws Exception {
		create("second", "long enough", List.of("admin"));
		String admin = node.admin();
		String second = node.login("second", "long enough").text("access_token");
		CyclicBarrier barrier = new CyclicBarrier(2);
		ExecutorService threads = Executors.newFixedThreadPool(2);
		Callable<Answer> one = () -> {
			barrier.await();
			return node.call("PATCH", "/admin/accounts/second", admin, Map.of("disabled", true));
		};
		Callable<Answer> other = () -> {
			barrier.await();
			return node.call("PATCH", "/admin/accounts/admin", second, Map.of("disabled", true));
		};
		List<Integer> statuses = new ArrayList<>();
		for (Future<Answer> answer : threads.invokeAll(List.of(one, other))) {
			statuses.add(answer.get().status());
		}
		threads.shutdown();
		AccountRepository repository = node.bean(AccountRepository.class);
		TransactionTemplate transaction = node.bean(TransactionTemplate.class);
		List<AccountRepository.Stored> left = transaction.execute((status) -> repository.lockEnabledWithRole("admin"));
		assertThat(left).as(statuses.toString()).hasSize(1);
		repository.setDisabled("admin", false);
		repository.setDisabled("second", true);
	}

	@Test
	void changeWhenAccountIsUnknownThenIsNotFound() {
		String admin = node.admin();
		assertThat(node.call("PATCH", "/admin/accounts/nobody", admin, Map.of("disabled", true)).code())
			.isEqualTo("not_found");
		assertThat(node.call("DELETE", "/admin/accounts/nobody", admin, null).code()).isEqualTo("not_found");
		assertThat(node.call("PATCH", "/admin/accounts/nobody", admin, Map.of()).code()).isEqualTo("bad_request");
	}

	@Test
	void changeWhenEnabledAgainThenLogsIn() {
		create("paused", "long enough", List.of());
		node.call("PATCH", "/admin/accounts/paused", node.admin(), Map.of("disabled", true));
		assertThat(node.login("paused", "long enough").code()).isEqualTo("bad_credentials");
		node.call("PATCH", "/admin/accounts/paused", node.admin(), Map.of("disabled", false));
		assertThat(node.login("paused", "long enough").status()).isEqualTo(200);
	}

	/** What the new one costs is said in {@link LoginFloodTests}. */
	@Test
	void loginWhenHashIsOldThenWorksAndIsUpgraded() {
		AccountRepository repository = node.bean(AccountRepository.class);
		String old = "{bcrypt}" + new BCryptPasswordEncoder(4).encode("an old password");
		repository.insert("veteran", old, Set.of(), node.clock().instant(), false);
		assertThat(node.login("veteran", "not it").code()).isEqualTo("bad_credentials");
		assertThat(node.login("veteran", "an old password").status()).isEqualTo(200);
		assertThat(hash("veteran")).startsWith("{argon2}$argon2id$v=19$");
		assertThat(node.login("veteran", "an old password").status()).isEqualTo(200);
	}

	@Test
	void loginWhenHashIsOfNoKnownKindThenIsRefused() {
		AccountRepository repository = node.bean(AccountRepository.class);
		repository.insert("plaintext", "{noop}long enough", Set.of(), node.clock().instant(), false);
		assertThat(node.login("plaintext", "long enough").code()).isEqualTo("bad_credentials");
	}

	private static String hash(String username) {
		return node.bean(AccountRepository.class).find(username).orElseThrow().passwordHash();
	}

	@Test
	void holdWhenPasswordChangedSinceItWasVerifiedThenRefuses() {
		create("meanwhile", "long enough", List.of());
		Accounts accounts = node.bean(Accounts.class);
		TransactionTemplate transaction = node.bean(TransactionTemplate.class);
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> accounts.authenticate("meanwhile", "long enough", false, (account) -> {
				node.bean(AccountRepository.class).setPassword("meanwhile", "{argon2}another");
				return transaction.execute((status) -> accounts.holdUnchanged(account));
			}).get())
			.withCauseInstanceOf(RefusedException.class)
			.satisfies(
					(ex) -> assertThat(((RefusedException) ex.getCause()).reason()).isEqualTo(Reason.BAD_CREDENTIALS));
	}

}
