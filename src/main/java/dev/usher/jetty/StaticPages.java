package dev.usher.jetty;

import java.util.HashMap;
import java.util.Map;

import dev.usher.jetty.StaticContentHandler.Content;
import dev.usher.openapi.DocumentationFiles;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.io.Resource;
import org.springframework.stereotype.Component;

/** The files of the page at {@code /docs}, where there is one. */
@Component
class StaticPages {

	private final Map<String, Content> contents = new HashMap<>();

	StaticPages(ObjectProvider<DocumentationFiles> files) {
		files.ifAvailable((each) -> each.byPath().forEach(this::add));
	}

	private void add(String path, Resource file) {
		if (StaticContentHandler.serves(path)) {
			this.contents.put(path, new Content(path, file::getInputStream));
		}
	}

	Map<String, Content> contents() {
		return this.contents;
	}

}
