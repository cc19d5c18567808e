package dev.usher.jetty;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.CRC32;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Serves files that never change, before any servlet. All answers share one copy in
 * memory, and no thread waits for a client to take one: whoever opens a thousand
 * connections for them holds a thousand sockets and nothing else. A request with a query,
 * or for anything else, goes on.
 */
final class StaticContentHandler extends Handler.Wrapper {

	private static final String FRESH = "max-age=3600";

	private static final Map<String, String> TYPES = Map.of("js", "text/javascript", "css", "text/css", "png",
			"image/png", "html", "text/html;charset=utf-8");

	private final Function<String, @Nullable Content> contents;

	/**
	 * Goes in front of the servlets.
	 * @param next the servlets
	 * @param contents answers the file at a path, or null; any thread calls it
	 */
	public StaticContentHandler(@Nullable Handler next, Function<String, @Nullable Content> contents) {
		super(next);
		this.contents = contents;
	}

	/** Whether a file is of a kind that is served. */
	public static boolean serves(String name) {
		return TYPES.containsKey(extension(name));
	}

	private static String extension(String name) {
		return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		boolean get = HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod());
		String path = request.getHttpURI().getPath();
		Content content = (get && path != null && request.getHttpURI().getQuery() == null) ? this.contents.apply(path)
				: null;
		// Of whoever sends a body with a GET the servlets may judge.
		if (content == null || request.getHeaders().contains(HttpHeader.CONTENT_LENGTH)
				|| request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
			return super.handle(request, response, callback);
		}
		ByteBuffer bytes = content.bytes();
		response.getHeaders().put(HttpHeader.ETAG, content.tag).put(HttpHeader.CACHE_CONTROL, FRESH);
		if (content.tag.equals(request.getHeaders().get(HttpHeader.IF_NONE_MATCH))) {
			response.setStatus(HttpStatus.NOT_MODIFIED_304);
			response.write(true, null, callback);
			return true;
		}
		response.getHeaders()
			.put(HttpHeader.CONTENT_TYPE, content.type)
			.put(HttpHeader.CONTENT_LENGTH, bytes.remaining());
		boolean head = HttpMethod.HEAD.is(request.getMethod());
		response.write(true, (head) ? null : bytes, callback);
		return true;
	}

	/** Where a file comes from. */
	@FunctionalInterface
	public interface Source {

		/** Opens the file for reading; the caller closes the stream. */
		InputStream open() throws IOException;

	}

	/** A file, read when it is asked for the first time. */
	public static final class Content {

		private final Source source;

		private final String type;

		/** Outside of the heap, so that no thread copies it there to write it. */
		private volatile @Nullable ByteBuffer bytes;

		private volatile String tag = "";

		/**
		 * @param name the file's name, whose extension decides the content type
		 * @param source opens the file, once, at the first request
		 */
		public Content(String name, Source source) {
			this.source = source;
			this.type = TYPES.getOrDefault(extension(name), "application/octet-stream");
		}

		/** Its bytes, for one who may move their position. */
		private ByteBuffer bytes() throws IOException {
			ByteBuffer known = this.bytes;
			return ((known != null) ? known : read()).duplicate();
		}

		private synchronized ByteBuffer read() throws IOException {
			ByteBuffer known = this.bytes;
			if (known != null) {
				return known;
			}
			try (InputStream stream = this.source.open()) {
				byte[] read = stream.readAllBytes();
				CRC32 sum = new CRC32();
				sum.update(read);
				this.tag = "\"" + Long.toHexString(sum.getValue()) + "-" + read.length + "\"";
				ByteBuffer direct = ByteBuffer.allocateDirect(read.length).put(read).flip().asReadOnlyBuffer();
				this.bytes = direct;
				return direct;
			}
		}

	}

}
