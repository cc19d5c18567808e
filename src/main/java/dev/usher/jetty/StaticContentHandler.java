package dev.usher.jetty;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

import org.eclipse.jetty.http.HttpField;
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

	private static final String IMMUTABLE = "max-age=31536000, immutable";

	/** They hold no secret, and are of use on the pages of others alone. */
	private static final List<HttpField> ANY_ORIGIN = List.of(new HttpField("Access-Control-Allow-Origin", "*"),
			new HttpField("Cross-Origin-Resource-Policy", "cross-origin"),
			new HttpField(HttpHeader.VARY, HttpHeader.ACCEPT_ENCODING.asString()));

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
		if (content == null || request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH) > 0
				|| request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
			return super.handle(request, response, callback);
		}
		Body body = content.body(request.getHeaders().contains(HttpHeader.ACCEPT_ENCODING, "gzip"));
		response.getHeaders().put(HttpHeader.ETAG, body.tag).put(HttpHeader.CACHE_CONTROL, content.freshness);
		content.fields.forEach(response.getHeaders()::put);
		String known = request.getHeaders().get(HttpHeader.IF_NONE_MATCH);
		if (known != null && known.contains(body.tag)) {
			response.setStatus(HttpStatus.NOT_MODIFIED_304);
			response.write(true, null, callback);
			return true;
		}
		if (body.gzip) {
			response.getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
		}
		response.getHeaders()
			.put(HttpHeader.CONTENT_TYPE, content.type)
			.put(HttpHeader.CONTENT_LENGTH, body.bytes.remaining());
		boolean head = HttpMethod.HEAD.is(request.getMethod());
		response.write(true, (head) ? null : body.bytes.duplicate(), callback);
		return true;
	}

	/** Where a file comes from. */
	@FunctionalInterface
	public interface Source {

		byte[] read() throws IOException;

	}

	/** A file, read when it is asked for the first time. */
	public static final class Content {

		private final Source source;

		private final String type;

		private final String freshness;

		private final List<HttpField> fields;

		private final boolean squeezed;

		private volatile @Nullable Body plain;

		private volatile @Nullable Body gzip;

		/**
		 * A file for pages of this origin.
		 * @param name the file's name, whose extension decides the content type
		 * @param source reads the file, once, at the first request
		 */
		public Content(String name, Source source) {
			this(source, TYPES.getOrDefault(extension(name), "application/octet-stream"), FRESH, List.of(), false);
		}

		/**
		 * A file for pages of any origin, gzipped for those who take it so, unless it is
		 * an archive.
		 * @param type its content type
		 * @param immutable whether it never changes
		 * @param source reads the file, once, at the first request
		 */
		public Content(String type, boolean immutable, Source source) {
			this(source, type, immutable ? IMMUTABLE : FRESH, ANY_ORIGIN, !type.endsWith("/gzip"));
		}

		private Content(Source source, String type, String freshness, List<HttpField> fields, boolean squeezed) {
			this.source = source;
			this.type = type;
			this.freshness = freshness;
			this.fields = fields;
			this.squeezed = squeezed;
		}

		/** What is sent to one who takes gzip, or does not. */
		private Body body(boolean takesGzip) throws IOException {
			Body known = (this.squeezed && takesGzip) ? this.gzip : this.plain;
			return (known != null) ? known : read(this.squeezed && takesGzip);
		}

		private synchronized Body read(boolean squeeze) throws IOException {
			Body known = squeeze ? this.gzip : this.plain;
			if (known != null) {
				return known;
			}
			byte[] read = this.source.read();
			Body body = Body.of(squeeze ? squeeze(read) : read, squeeze);
			if (squeeze) {
				this.gzip = body;
			}
			else {
				this.plain = body;
			}
			return body;
		}

		private static byte[] squeeze(byte[] read) throws IOException {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			try (GZIPOutputStream out = new GZIPOutputStream(bytes) {
				{
					this.def.setLevel(Deflater.BEST_COMPRESSION);
				}
			}) {
				out.write(read);
			}
			return bytes.toByteArray();
		}

	}

	/**
	 * What is sent. Its bytes are outside of the heap, so that no thread copies them
	 * there to write them; whoever writes them takes a duplicate.
	 */
	private record Body(ByteBuffer bytes, String tag, boolean gzip) {

		static Body of(byte[] read, boolean gzip) {
			CRC32 sum = new CRC32();
			sum.update(read);
			return new Body(ByteBuffer.allocateDirect(read.length).put(read).flip().asReadOnlyBuffer(),
					"\"" + Long.toHexString(sum.getValue()) + "-" + read.length + "\"", gzip);
		}

	}

}
