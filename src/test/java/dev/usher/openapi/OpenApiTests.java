package dev.usher.openapi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

import dev.usher.protocol.Reason;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/** The written description, held against the gateway it describes. */
class OpenApiTests {

	/** A filter answers it, so no mapping has it. */
	private static final String TOKEN_ENDPOINT = "POST /oauth2/token";

	private static HttpNode node;

	private static JsonNode document;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "usher.webauthn.rp-id=localhost",
				"usher.webauthn.origins=http://localhost:8080");
		document = node.get("/openapi", null).json();
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	@Test
	void documentWhenReadThenHasEveryEndpointThereIsAndNoOther() {
		Set<String> described = new TreeSet<>();
		document.path("paths")
			.properties()
			.forEach((path) -> path.getValue()
				.propertyNames()
				.forEach((method) -> described
					.add(method.toUpperCase(java.util.Locale.ROOT) + " " + withoutNames(path.getKey()))));
		assertThat(described).isEqualTo(endpoints());
	}

	private static Set<String> endpoints() {
		Set<String> endpoints = new TreeSet<>(Set.of(TOKEN_ENDPOINT));
		forEachHandler((info, method) -> add(info, endpoints));
		return endpoints;
	}

	/** The description does not describe itself. */
	private static void forEachHandler(BiConsumer<RequestMappingInfo, HandlerMethod> action) {
		List<HandlerMapping> mappings = node.bean(DispatcherServlet.class).getHandlerMappings();
		assertThat(mappings).isNotNull();
		mappings.stream()
			.filter(RequestMappingHandlerMapping.class::isInstance)
			.map(RequestMappingHandlerMapping.class::cast)
			.forEach((mapping) -> mapping.getHandlerMethods().forEach((info, method) -> {
				boolean ours = method.getBeanType().getName().startsWith("dev.usher.")
						&& method.getBeanType() != OpenApiController.class;
				if (ours && !info.getPatternValues().contains("/error")) {
					action.accept(info, method);
				}
			}));
	}

	/**
	 * Else a client could choose what an answer is called, which health alone lets it.
	 * Keys are JSON whatever is asked for.
	 */
	@Test
	void callsWhenTheyAnswerThenSayOfWhatType() {
		List<String> silent = new ArrayList<>();
		forEachHandler((info, method) -> {
			boolean answers = !method.getMethod().toGenericString().matches("(.* )?void .*|.*ResponseEntity<.*Void>.*");
			String path = info.getPatternValues().iterator().next();
			boolean fixed = path.startsWith("/actuator/health") || path.equals("/oauth2/jwks");
			if (answers && !fixed && info.getProducesCondition().isEmpty()) {
				silent.add(method.toString());
			}
		});
		assertThat(silent).isEmpty();
	}

	private static void add(RequestMappingInfo info, Set<String> endpoints) {
		assertThat(info.getMethodsCondition().getMethods()).as(info.toString()).isNotEmpty();
		info.getMethodsCondition()
			.getMethods()
			.forEach((method) -> info.getPatternValues()
				.forEach((path) -> endpoints.add(method + " " + withoutNames(path))));
	}

	private static String withoutNames(String path) {
		return path.replaceAll("\\{[^}]*}", "{}");
	}

	@Test
	void callsWhenReadThenEachSaysWhatItIsAndShowsEveryBody() {
		List<String> incomplete = new ArrayList<>();
		forEachCall((name, call) -> {
			if (call.path("summary").asString("").isEmpty() || call.path("operationId").asString("").isEmpty()
					|| call.path("tags").isEmpty()) {
				incomplete.add(name + " says too little");
			}
			call.path("requestBody").path("content").forEach((content) -> addIfPoor(name, content, incomplete));
			call.path("responses").properties().forEach((entry) -> {
				JsonNode response = resolve(entry.getValue());
				boolean hasBody = !entry.getKey().equals("204");
				if (response.path("description").asString("").isEmpty() || response.has("content") != hasBody) {
					incomplete.add(name + " " + entry.getKey());
				}
				response.path("content")
					.forEach((content) -> addIfPoor(name + " " + entry.getKey(), content, incomplete));
			});
		});
		assertThat(incomplete).isEmpty();
	}

	private static void addIfPoor(String name, JsonNode content, List<String> incomplete) {
		if (!content.has("schema") || (!content.has("example") && !content.has("examples"))) {
			incomplete.add(name + " has no example or no schema");
		}
	}

	@Test
	void errorsWhenReadThenEachIsAProblemWithAKnownCode() {
		Set<String> codes = new TreeSet<>();
		for (Reason reason : Reason.values()) {
			codes.add(reason.code());
		}
		forEachCall((name, call) -> call.path("responses").properties().forEach((entry) -> {
			int status = Integer.parseInt(entry.getKey());
			JsonNode content = resolve(entry.getValue()).path("content");
			if (status >= 400 && !name.equals(TOKEN_ENDPOINT) && !name.startsWith("GET /actuator/health")) {
				JsonNode example = content.path("application/problem+json").path("example");
				assertThat(codes).as(name).contains(example.path("code").asString());
				assertThat(example.path("status").asInt()).as(name).isEqualTo(status);
			}
		}));
	}

	@Test
	void referencesWhenFollowedThenAllLeadSomewhere() {
		List<String> references = new ArrayList<>();
		document.findValues("$ref").forEach((reference) -> references.add(reference.asString()));
		assertThat(references).isNotEmpty()
			.allSatisfy((reference) -> assertThat(document.at(reference.substring(1)).isMissingNode()).isFalse());
	}

	/** Names in the answers are those the description has, tried on real ones. */
	@Test
	void answersWhenTheyComeThenHaveTheMembersDescribed() {
		String admin = node.admin();
		assertMembers("Tokens", node.login("admin", node.adminPassword()).json());
		assertMembers("Me", node.get("/auth/me", admin).json());
		assertMembers("Session", node.get("/auth/sessions", admin).json().path(0));
		assertMembers("Account", node.get("/admin/accounts", admin).json().path(0));
		assertMembers("Client",
				node.call("POST", "/admin/clients", admin, Map.of("scopes", List.of("publish"))).json());
		assertMembers("Node", node.get("/admin/nodes", admin).json().path(0));
		assertMembers("ConnectionPage", node.get("/admin/connections", admin).json());
		assertMembers("UserSession", node.get("/admin/sessions?username=admin", admin).json().path(0));
		assertMembers("Stats", node.get("/admin/stats", admin).json());
		assertMembers("Explanation", node
			.call("POST", "/admin/explain", admin,
					Map.of("username", "admin", "action", "publish", "destination", "/topic/x"))
			.json());
		assertMembers("Metadata", node.get("/.well-known/oauth-authorization-server", null).json());
		assertMembers("JwkSet", node.get("/oauth2/jwks", null).json());
		assertMembers("Ticket", node.call("POST", "/auth/tickets", admin, Map.of()).json());
		assertMembers("PasskeyLoginOptions", node.call("POST", "/auth/login/options", null, Map.of()).json());
		assertMembers("PasskeyOptions", node.call("POST", "/auth/passkeys/options", admin, Map.of()).json());
		assertMembers("Health", node.get("/actuator/health", null).json());
		assertMembers("Problem", node.get("/auth/me", null).json());
		JsonNode results = node.call("POST", "/api/messages", admin, Map.of("to", "/topic/x", "body", 1)).json();
		assertThat(results.path("code").asString()).isEqualTo("forbidden");
		assertMembers("Result", results.path("results").path(0));
		assertMembers("ResultError", results.path("results").path(0).path("error"));
	}

	private static void assertMembers(String schema, JsonNode answer) {
		JsonNode described = document.path("components").path("schemas").path(schema);
		assertThat(described.path("properties").propertyNames()).as(schema).containsAll(answer.propertyNames());
		described.path("required")
			.forEach((required) -> assertThat(answer.propertyNames()).as(schema).contains(required.asString()));
	}

	@Test
	void pageWhenOpenedThenComesFromHereAlone() {
		Answer page = node.get("/docs", null);
		assertThat(page.status()).isEqualTo(302);
		Answer index = node.get(page.header("Location"), null);
		assertThat(index.status()).isEqualTo(200);
		assertThat(index.response().body()).contains("swagger-ui").doesNotContain("http://", "https://", "//cdn");
		assertThat(index.response().body()).doesNotContainPattern("<script(?![^>]*src=)");
		assertThat(node.get("/swagger-ui/swagger-ui.css", null).status()).isEqualTo(200);
		assertThat(node.get("/swagger-ui/swagger-initializer.js", null).response().body())
			.contains("url: \"/openapi\"", "validatorUrl: null")
			.doesNotContain("petstore");
		Answer queried = node.get("/swagger-ui/swagger-ui.css?v=1", null);
		assertThat(queried.status()).isEqualTo(200);
		assertThat(queried.header("Content-Type")).startsWith("text/css");
		assertThat(node.get("/swagger-ui/nothing.css?v=1", null).code()).isEqualTo("not_found");
	}

	@Test
	void documentWhenTurnedOffThenNeitherItNorItsPageIsThere() {
		try (HttpNode silent = HttpNode.start(Store.EMBEDDED, "usher.openapi.enabled=false")) {
			for (String path : List.of("/openapi", "/docs", "/swagger-ui/index.html", "/swagger-ui/swagger-ui.css")) {
				assertThat(silent.get(path, null).code()).as(path).isEqualTo("not_found");
			}
		}
	}

	private static void forEachCall(java.util.function.BiConsumer<String, JsonNode> action) {
		document.path("paths")
			.properties()
			.forEach((path) -> path.getValue()
				.properties()
				.forEach((call) -> action.accept(call.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey(),
						call.getValue())));
	}

	private static JsonNode resolve(JsonNode node) {
		String reference = node.path("$ref").asString("");
		return reference.isEmpty() ? node : document.at(reference.substring(1));
	}

}
