package dev.usher.openapi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;

/**
 * The files of the page at {@code /docs}: those of Swagger UI, and one of ours that tells
 * it what to show. Nothing of it comes from another host.
 */
@Component
@ConditionalOnBooleanProperty(name = "usher.openapi.enabled", matchIfMissing = true)
public final class DocumentationFiles {

	static final String FOLDER = "/swagger-ui/";

	private static final String FILES = "classpath*:META-INF/resources/webjars/swagger-ui/*/*";

	/** Swagger UI's own shows an example from the internet. */
	private static final String INITIALIZER = "swagger-initializer.js";

	private final Supplier<Map<String, Resource>> byPath = SingletonSupplier.of(DocumentationFiles::list);

	/** To look through the jars takes a while, and most gateways are never asked. */
	private static Map<String, Resource> list() {
		Map<String, Resource> byPath = new HashMap<>();
		try {
			for (Resource file : new PathMatchingResourcePatternResolver().getResources(FILES)) {
				if (file.getFilename() != null && file.isReadable()) {
					byPath.put(FOLDER + file.getFilename(), file);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		byPath.put(FOLDER + INITIALIZER, new ClassPathResource(INITIALIZER, DocumentationFiles.class));
		return Map.copyOf(byPath);
	}

	/**
	 * Finds a file by the path of its URL. The first call for a path of theirs looks
	 * where they are.
	 */
	public Optional<Resource> find(String path) {
		return path.startsWith(FOLDER) ? Optional.ofNullable(this.byPath.get().get(path)) : Optional.empty();
	}

}
