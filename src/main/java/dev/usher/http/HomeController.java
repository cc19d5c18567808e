package dev.usher.http;

import dev.usher.client.ClientKit;

import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The page at {@code /}: says what answers here, and where to read on. Holds nothing of
 * this node.
 */
@RestController
class HomeController {

	private static final String HEAD = """
			<!doctype html>
			<html lang="en">
			<meta charset="utf-8">
			<meta name="viewport" content="width=device-width">
			<title>Usher</title>
			<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;overflow-wrap:anywhere}</style>
			<h1>Usher</h1>
			<p>A realtime gateway: STOMP over WebSocket at <code>/ws</code>.</p>
			<ul>
			""";

	private static final String API = """
			<li><a href="/docs">The calls over HTTP</a>, and <a href="/openapi">the same as OpenAPI</a></li>
			""";

	private static final String REST = """
			<li><a href="/actuator/health">Health</a></li>
			<li><a href="/oauth2/jwks">Public keys</a> and
			<a href="/.well-known/oauth-authorization-server">metadata for OAuth 2 clients</a></li>
			</ul>
			""";

	private static final String CLIENT = """
			<li><a href="/usher.js">The client kit</a>, <a href="/usher.d.ts">its types</a>, for npm
			<a href="/usher.tgz">both</a>; this version alone at <a href="%1$s">%1$s</a>,
			<code>integrity="%2$s"</code></li>
			""";

	private final boolean described;

	private final ClientKit client;

	HomeController(Environment environment, ClientKit client) {
		this.described = environment.getProperty("usher.openapi.enabled", Boolean.class, true);
		this.client = client;
	}

	@GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
	String home() {
		String kit = CLIENT.formatted(this.client.versionedPath(), this.client.integrity());
		return HEAD + kit + (this.described ? API : "") + REST;
	}

}
