package dev.usher.http;

import java.util.List;
import java.util.Optional;

import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

import org.springframework.http.converter.HttpMessageNotReadableException;

/** Says what is wrong with a request's JSON, by the names the client used. */
final class UnreadableBody {

	/** A name comes from the client; there is no use in sending all of it back. */
	private static final int MAX_NAME = 64;

	private UnreadableBody() {
	}

	/** The refusal a request's record threw, if it did. */
	static Optional<RefusedException> refusal(Throwable failure) {
		for (Throwable each = failure; each != null; each = each.getCause()) {
			if (each instanceof RefusedException refusal) {
				return Optional.of(refusal);
			}
		}
		return Optional.empty();
	}

	static String sentence(HttpMessageNotReadableException failure) {
		Throwable cause = failure.getCause();
		if (cause instanceof UnrecognizedPropertyException unknown) {
			return "Member \"" + shorten(path(unknown.getPath())) + "\" is unknown.";
		}
		if ((cause instanceof StreamReadException && !(cause instanceof InputCoercionException))
				|| !(cause instanceof JacksonException json)) {
			return "The body is not JSON.";
		}
		String path = path(json.getPath());
		return path.isEmpty() ? "The body must be one JSON object."
				: "Member \"" + shorten(path) + "\" is not of the right type.";
	}

	private static String path(@Nullable List<JacksonException.Reference> references) {
		StringBuilder path = new StringBuilder();
		if (references == null) {
			return "";
		}
		for (JacksonException.Reference reference : references) {
			if (reference.getPropertyName() == null) {
				path.append('[').append(reference.getIndex()).append(']');
			}
			else {
				path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
			}
		}
		return path.toString();
	}

	private static String shorten(String name) {
		return (name.length() <= MAX_NAME) ? name : name.substring(0, MAX_NAME) + "…";
	}

}
