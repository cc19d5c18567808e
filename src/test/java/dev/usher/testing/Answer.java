package dev.usher.testing;

import java.net.http.HttpResponse;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an HTTP call answered.
 *
 * @param response all of it
 */
public record Answer(HttpResponse<String> response) {

	private static final JsonMapper mapper = new JsonMapper();

	public int status() {
		return this.response.statusCode();
	}

	public JsonNode json() {
		return mapper.readTree(this.response.body());
	}

	/** A member of the body. */
	public String text(String member) {
		return json().path(member).asString();
	}

	/** The code of a problem document, or the status and the body where it is none. */
	public String code() {
		if (!header("Content-Type").equals("application/problem+json") || json().path("status").asInt() != status()) {
			return "no problem document: " + this;
		}
		return text("code");
	}

	public String header(String name) {
		return this.response.headers().firstValue(name).orElse("");
	}

	@Override
	public String toString() {
		return status() + " " + this.response.body();
	}

}
