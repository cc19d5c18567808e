package dev.usher.jetty;

import java.util.HashMap;
import java.util.Map;

import dev.usher.client.ClientKit;
import dev.usher.jetty.StaticContentHandler.Content;
import dev.usher.openapi.DocumentationFiles;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.io.Resource;
import org.springframework.stereotype.Component;

/**
 * The files of the page at {@code /docs}, where there is one, and those of the client
 * kit.
 */
@Component
class StaticPages {

	private final Map<String, Content> contents = new HashMap<>();

	StaticPages(ObjectProvider<DocumentationFiles> files, ClientKit client) {
		files.ifAvailable((each) -> each.byPath().forEach(this::add));
		client.files()
			.forEach((path, file) -> this.contents.put(path,
					new Content(file.type(), file.immutable(), file.source()::read)));
	}

	private void add(String path, Resource file) {
		if (StaticContentHandler.serves(path)) {
			this.contents.put(path, new Content(path, file::getContentAsByteArray));
		}
	}

	Map<String, Content> contents() {
		return this.contents;
	}

}
