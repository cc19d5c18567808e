package dev.usher.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import dev.usher.testing.SharedGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The files of the kit as a page of another origin gets them. */
class ClientKitTests {

	/** What a page has to load, gzipped. */
	private static final int MOST = 16 * 1024;

	private static final HttpClient client = HttpClient.newHttpClient();

	private static final ClientKit kit = new ClientKit();

	static Stream<String> paths() {
		return kit.files().keySet().stream();
	}

	private static HttpResponse<byte[]> call(String method, String path, String... headers) throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + SharedGateway.get().port() + path))
			.timeout(Duration.ofMinutes(1))
			.method(method, HttpRequest.BodyPublishers.noBody());
		if (headers.length > 0) {
			request.headers(headers);
		}
		return client.send(request.build(), BodyHandlers.ofByteArray());
	}

	private static byte[] unzip(byte[] bytes) throws IOException {
		return new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
	}

	@ParameterizedTest
	@MethodSource("paths")
	void filesWhenFetchedFromAnotherOriginThenMayBeUsedThere(String path) throws Exception {
		HttpResponse<byte[]> answer = call("GET", path, "Origin", "https://anywhere.example.org");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().map()).containsEntry("access-control-allow-origin", java.util.List.of("*"))
			.containsEntry("cross-origin-resource-policy", java.util.List.of("cross-origin"))
			.containsKeys("etag", "cache-control", "x-content-type-options")
			.doesNotContainKey("set-cookie");
		assertThat(answer.body()).isEqualTo(kit.files().get(path).source().read());
		assertThat(answer.headers().firstValue("content-type")).contains(kit.files().get(path).type());
	}

	@ParameterizedTest
	@MethodSource("paths")
	void filesWhenAskedForTheirHeadThenHaveTheSameLengthAndNoBody(String path) throws Exception {
		HttpResponse<byte[]> answer = call("HEAD", path);
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).isEmpty();
		assertThat(answer.headers().firstValueAsLong("content-length"))
			.hasValue(kit.files().get(path).source().read().length);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "gzip" })
	void moduleWhenKnownAlreadyThenIsNotSentAgain(String encoding) throws Exception {
		String[] headers = { "Accept-Encoding", encoding.isEmpty() ? "identity" : encoding };
		String tag = call("GET", "/usher.js", headers).headers().firstValue("etag").orElseThrow();
		HttpResponse<byte[]> answer = call("GET", "/usher.js", headers[0], headers[1], "If-None-Match",
				"\"other\", " + tag);
		assertThat(answer.statusCode()).isEqualTo(304);
		assertThat(answer.body()).isEmpty();
		assertThat(answer.headers().map()).containsKeys("access-control-allow-origin", "etag", "vary");
		assertThat(call("GET", "/usher.js", headers[0], headers[1], "If-None-Match", "\"other\"").statusCode())
			.isEqualTo(200);
	}

	@Test
	void moduleWhenServedThenIsSmall() throws Exception {
		HttpResponse<byte[]> answer = call("GET", "/usher.js", "Accept-Encoding", "br, gzip");
		assertThat(answer.headers().firstValue("content-encoding")).contains("gzip");
		assertThat(unzip(answer.body())).isEqualTo(kit.files().get("/usher.js").source().read());
		System.out.println("usher.js: " + answer.body().length + " bytes gzipped, " + MOST + " at most");
		assertThat(answer.body().length).isLessThanOrEqualTo(MOST);
	}

	@Test
	void homeWhenReadThenNamesTheVersionWithTheHashOfWhatIsThere() throws Exception {
		String home = new String(call("GET", "/").body(), StandardCharsets.UTF_8);
		byte[] module = call("GET", kit.versionedPath()).body();
		String hash = Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-384").digest(module));
		assertThat(home).contains("href=\"" + kit.versionedPath() + "\"").contains("integrity=\"sha384-" + hash + "\"");
	}

	@Test
	void versionWhenReleasedThenNeverChanges() {
		assertThat(new ClientKit("1.2.3").files().get("/usher-1.2.3.js").immutable()).isTrue();
		assertThat(new ClientKit("1.2.3-SNAPSHOT").files().get("/usher-1.2.3-SNAPSHOT.js").immutable()).isFalse();
		assertThat(new ClientKit("1.2.3").files().get("/usher.js").immutable()).isFalse();
	}

	@Test
	void versionWhenAnotherThenIsNotThere() throws Exception {
		assertThat(call("GET", "/usher-9.9.9.js").statusCode()).isEqualTo(404);
	}

	@Test
	void moduleWhenPostedToThenIsNotThere() throws Exception {
		assertThat(call("POST", "/usher.js").statusCode()).isBetween(400, 499);
	}

	@Test
	void packageWhenUnpackedThenHasWhatNpmWants() throws Exception {
		Map<String, String> files = TarReader.read(unzip(call("GET", "/usher.tgz").body()));
		assertThat(files).containsOnlyKeys("package/package.json", "package/usher.js", "package/usher.d.ts",
				"package/LICENSE-stompjs");
		assertThat(files.get("package/usher.js"))
			.isEqualTo(new String(kit.files().get("/usher.js").source().read(), StandardCharsets.UTF_8));
		assertThat(files.get("package/package.json")).contains("\"version\": \"0.0.0-dev\"");
		assertThat(files.get("package/LICENSE-stompjs")).contains("Apache License");
	}

}
