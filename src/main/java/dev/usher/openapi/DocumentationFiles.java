package dev.usher.openapi;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The files of the page at {@code /docs}: those of Swagger UI, and one of ours that tells
 * it what to show. Nothing of it comes from another host.
 */
public final class DocumentationFiles {

	static final String FOLDER = "/swagger-ui/";

	private static final String FILES = "classpath*:META-INF/resources/webjars/swagger-ui/*/*";

	/** Swagger UI's own shows an example from the internet. */
	private static final String INITIALIZER = "swagger-initializer.js";

	private final Map<String, Resource> byPath = new HashMap<>();

	DocumentationFiles() throws IOException {
		for (Resource file : new PathMatchingResourcePatternResolver().getResources(FILES)) {
			if (file.getFilename() != null && file.isReadable()) {
				this.byPath.put(FOLDER + file.getFilename(), file);
			}
		}
		this.byPath.put(FOLDER + INITIALIZER, new ClassPathResource(INITIALIZER, getClass()));
	}

	/** All of them by the path of their URL. */
	public Map<String, Resource> byPath() {
		return Map.copyOf(this.byPath);
	}

	Optional<Resource> find(String path) {
		return Optional.ofNullable(this.byPath.get(path));
	}

}
