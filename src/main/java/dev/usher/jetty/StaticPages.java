package dev.usher.jetty;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

import dev.usher.jetty.StaticContentHandler.Content;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * The large files of the page at {@code /docs}. Its other two, which springdoc changes as
 * they are asked for, are a servlet's.
 */
@Component
class StaticPages {

	private static final String FILES = "classpath*:META-INF/resources/webjars/swagger-ui/*/*";

	private static final String WEBJARS = "webjars/";

	private final Map<String, Content> contents = new HashMap<>();

	StaticPages(@Value("${springdoc.swagger-ui.enabled:true}") boolean enabled) throws IOException {
		if (enabled) {
			for (Resource file : new PathMatchingResourcePatternResolver().getResources(FILES)) {
				add(file);
			}
		}
	}

	private void add(Resource file) throws IOException {
		String name = file.getFilename();
		if (name != null && StaticContentHandler.serves(name) && !name.equals("index.html")
				&& !name.equals("swagger-initializer.js")) {
			Content content = new Content(name, file::getInputStream);
			String url = file.getURL().toString();
			this.contents.put("/" + url.substring(url.lastIndexOf(WEBJARS)), content);
			this.contents.put("/swagger-ui/" + name, content);
		}
	}

	Map<String, Content> contents() {
		return this.contents;
	}

}
