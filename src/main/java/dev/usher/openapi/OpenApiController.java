package dev.usher.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.function.Supplier;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/**
 * Serves the written description as JSON at {@code /openapi} and a page for it at
 * {@code /docs}. It is not drawn from the controllers: what a stranger needs most, which
 * errors a call has and an example of each, no signature says.
 */
// No RouterFunction: each call to any controller would go through its predicates first.
@RestController
@ConditionalOnBooleanProperty(name = "usher.openapi.enabled", matchIfMissing = true)
class OpenApiController {

	private static final URI PAGE = URI.create(DocumentationFiles.FOLDER + "index.html");

	private final DocumentationFiles files;

	/** The description is read when it is asked for: no start is to wait for it. */
	private final Supplier<byte[]> description;

	OpenApiController(JsonMapper mapper, DocumentationFiles files) {
		this.files = files;
		this.description = SingletonSupplier.of(() -> mapper.writeValueAsBytes(read()));
	}

	@GetMapping("/openapi")
	ResponseEntity<byte[]> description() {
		return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(this.description.get());
	}

	@GetMapping("/docs")
	ResponseEntity<Void> page() {
		return ResponseEntity.status(HttpStatus.FOUND).location(PAGE).build();
	}

	/** For a URL with a query; without one a file is served before any servlet. */
	@GetMapping(DocumentationFiles.FOLDER + "{name}")
	ResponseEntity<Resource> file(@PathVariable String name) throws NoResourceFoundException {
		String path = DocumentationFiles.FOLDER + name;
		Resource file = this.files.find(path)
			.orElseThrow(() -> new NoResourceFoundException(HttpMethod.GET, path, path));
		MediaType type = MediaTypeFactory.getMediaType(file).orElse(MediaType.APPLICATION_OCTET_STREAM);
		return ResponseEntity.ok().contentType(type).body(file);
	}

	private Object read() {
		Resource file = new ClassPathResource("openapi.yaml", getClass());
		try (InputStream yaml = file.getInputStream()) {
			return new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
