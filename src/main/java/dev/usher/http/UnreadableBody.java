package dev.usher.http;

import java.util.List;
import java.util.Optional;

import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

import org.springframework.http.converter.HttpMessageNotReadableException;

/** Says what is wrong with a request's JSON, by the names the client used. */
final class UnreadableBody {

	/** A name comes from the client; there is no use in sending all of it back. */
	private static final int MAX_NAME = 64;

	private static final String NO_JSON = "The body is not JSON.";

	private static final String NO_OBJECT = "The body must be one JSON object.";

	/** How Jackson says so; it has no exception of its own for it. */
	private static final String DUPLICATE = "Duplicate Object property";

	private UnreadableBody() {
	}

	/** The refusal that was thrown while the body was read, if one was. */
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
		if (cause == null) {
			// There is nothing, or JSON's null.
			return NO_OBJECT;
		}
		if (cause instanceof UnrecognizedPropertyException unknown) {
			return "Member \"" + shorten(path(unknown.getPath())) + "\" is unknown.";
		}
		if (cause instanceof StreamReadException broken && !(cause instanceof InputCoercionException)) {
			return isDuplicate(broken) ? "Member \"" + shorten(duplicate(broken)) + "\" is given twice." : NO_JSON;
		}
		if (!(cause instanceof JacksonException json)) {
			return NO_JSON;
		}
		String path = path(json.getPath());
		if (path.isEmpty()) {
			return (cause instanceof StreamConstraintsException)
					? "The body holds a number, a name or a nesting that is too long." : NO_OBJECT;
		}
		return "Member \"" + shorten(path) + "\" is not of the right type.";
	}

	private static boolean isDuplicate(StreamReadException broken) {
		return broken.getOriginalMessage().startsWith(DUPLICATE);
	}

	private static String duplicate(StreamReadException broken) {
		String within = path(broken.getPath());
		JsonParser parser = broken.processor();
		String name = (parser != null) ? String.valueOf(parser.currentName()) : "";
		return within.isEmpty() ? name : within + "." + name;
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
