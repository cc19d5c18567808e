package dev.usher.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * The client kit as one module, its types, and both as a package for npm. Made when the
 * first asks for it, not at the start: most nodes are asked for it seldom.
 */
@Component
public final class ClientKit {

	/** In the order in which each finds what it imports. */
	private static final String[] STOMPJS = { "byte", "frame-impl", "parser" };

	/**
	 * In the order that compresses best; each asks the others for nothing before all are
	 * there.
	 */
	private static final String[] OWN = { "http", "sources", "message", "acknowledgements", "subscription", "usher",
			"outbox", "login", "tabs", "events", "link", "keeper", "destination", "errors", "keys" };

	/**
	 * Of stompjs, with its indentation: what nobody here asks for need not be loaded.
	 * Header values are always escaped, and each body has its length.
	 */
	private static final Pattern UNUSED = Pattern
		.compile("(?ms)^( +)(?:static (?:fromRawFrame|marshall|sizeOfUTF8|hdrValueUnEscape)\\("
				+ "|if \\((?:appendMissingNULLonIncoming|this\\.skipContentLengthHeader)).*?^\\1}\n"
				+ "|^ +this\\.(?:escapeHeaderValues|skipContentLengthHeader) = [^\n]*"
				+ "|, (?:escapeHeaderValues|skipContentLengthHeader|appendMissingNULLonIncoming = false)(?=[,)])"
				+ "|this\\.escapeHeaderValues &&| && !this\\.skipContentLengthHeader|`Ignoring an exception[^`]*`, ");

	/**
	 * Of stompjs too: names that are its own, and get the sign by which it marks others
	 * as private.
	 */
	private static final Pattern INNER = Pattern
		.compile("\\b(?:serializeCmdAndHeaders|(?:uint8C|c)mdAndHeaders|nullTerminator|uint8Frame|toUnit8Array"
				+ "|hdrValueEscape|isBinaryBody|isBodyEmpty|bodyLength|contentLengthHeader|rawResult"
				+ "|onFrame|onIncomingPing)\\b");

	private static final String EXPORTS = "export{Usher,UsherError,destination};\n";

	private static final String STOMPJS_FILES = "classpath*:META-INF/resources/webjars/stomp__stompjs/*/";

	/** The version that stands in package.json until the package is made. */
	private static final String NO_VERSION = "0.0.0";

	private final String version;

	private @Nullable String module;

	private @Nullable String integrity;

	public ClientKit() {
		this(Objects.requireNonNullElse(ClientKit.class.getPackage().getImplementationVersion(), NO_VERSION + "-dev"));
	}

	ClientKit(String version) {
		this.version = version;
	}

	/** All files by the path of their URL. */
	public Map<String, ClientFile> files() {
		// A snapshot has the same version tomorrow and may be another.
		boolean release = !this.version.contains("-");
		Map<String, ClientFile> files = new LinkedHashMap<>();
		files.put("/usher.js", new ClientFile("text/javascript;charset=utf-8", false, this::moduleBytes));
		files.put(versionedPath(), new ClientFile("text/javascript;charset=utf-8", release, this::moduleBytes));
		files.put("/usher.d.ts", new ClientFile("text/plain;charset=utf-8", false,
				() -> own("usher.d.ts").getBytes(StandardCharsets.UTF_8)));
		files.put("/usher.tgz", new ClientFile("application/gzip", false, this::archive));
		return files;
	}

	/** Where this version alone is. */
	public String versionedPath() {
		return "/usher-" + this.version + ".js";
	}

	/** What a page names to take nothing else (Subresource Integrity). */
	public synchronized String integrity() {
		if (this.integrity == null) {
			try {
				byte[] hash = MessageDigest.getInstance("SHA-384").digest(moduleBytes());
				this.integrity = "sha384-" + Base64.getEncoder().encodeToString(hash);
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException(ex);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return this.integrity;
	}

	private byte[] moduleBytes() throws IOException {
		return module().getBytes(StandardCharsets.UTF_8);
	}

	private synchronized String module() throws IOException {
		if (this.module == null) {
			Resource first = stompjs("esm6/byte.js");
			ModuleJoiner joiner = new ModuleJoiner(
					"/*! usher.js " + this.version + ". Its frames and parser are those of @stomp/stompjs "
							+ versionOf(first) + ", Apache-2.0, https://github.com/stomp-js/stompjs */\n");
			for (String name : STOMPJS) {
				String used = UNUSED.matcher(text(stompjs("esm6/" + name + ".js"))).replaceAll("");
				joiner.add(INNER.matcher(used).replaceAll("_$0"));
			}
			for (String name : OWN) {
				joiner.add(own(name + ".js"));
			}
			this.module = joiner.join() + EXPORTS;
		}
		return this.module;
	}

	private static Resource stompjs(String name) throws IOException {
		Resource[] found = new PathMatchingResourcePatternResolver().getResources(STOMPJS_FILES + name);
		if (found.length != 1) {
			throw new IOException("stompjs is there " + found.length + " times: " + name);
		}
		return found[0];
	}

	/** The folder two above is named by it. */
	private static String versionOf(Resource file) throws IOException {
		String[] path = file.getURL().getPath().split("/");
		return path[path.length - 3];
	}

	private String own(String name) throws IOException {
		return text(new ClassPathResource(name, getClass()));
	}

	private static String text(Resource file) throws IOException {
		try (InputStream stream = file.getInputStream()) {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	/** What {@code npm install} takes from a URL: everything in a folder "package". */
	private byte[] archive() throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (TarGz archive = new TarGz(bytes)) {
			archive.add("package/package.json", own("package.json").replace(NO_VERSION, this.version));
			archive.add("package/usher.js", module());
			archive.add("package/usher.d.ts", own("usher.d.ts"));
			archive.add("package/LICENSE-stompjs", text(stompjs("LICENSE")));
		}
		return bytes.toByteArray();
	}

}
