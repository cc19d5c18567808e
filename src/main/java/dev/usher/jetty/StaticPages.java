package dev.usher.jetty;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.usher.client.ClientKit;
import dev.usher.jetty.StaticContentHandler.Content;
import dev.usher.openapi.DocumentationFiles;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * The files of the page at {@code /docs}, where there is one, and those of the client
 * kit.
 */
@Component
class StaticPages {

	private final Map<String, Content> contents = new ConcurrentHashMap<>();

	private final @Nullable DocumentationFiles files;

	StaticPages(ObjectProvider<DocumentationFiles> files, ClientKit client) {
		this.files = files.getIfAvailable();
		client.files()
			.forEach((path, file) -> this.contents.put(path,
					new Content(file.type(), file.immutable(), file.source()::read)));
	}

	/** The file at a path, the same object each time; null where there is none. */
	@Nullable Content find(String path) {
		Content known = this.contents.get(path);
		if (known != null || this.files == null || !StaticContentHandler.serves(path)) {
			return known;
		}
		return this.files.find(path)
			.map((file) -> this.contents.computeIfAbsent(path,
					(name) -> new Content(name, file::getContentAsByteArray)))
			.orElse(null);
	}

}
