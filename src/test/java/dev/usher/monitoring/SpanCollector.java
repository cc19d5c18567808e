package dev.usher.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.usher.testing.Await;

/**
 * What a collector of OpenTelemetry is to a gateway: takes spans over HTTP in protobuf,
 * of which it reads what tests ask for.
 */
final class SpanCollector implements AutoCloseable {

	private final HttpServer server;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final List<Span> spans = new CopyOnWriteArrayList<>();

	SpanCollector() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/v1/traces", this::take);
		this.server.setExecutor(this.executor);
		this.server.start();
	}

	String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort() + "/v1/traces";
	}

	private void take(HttpExchange exchange) throws IOException {
		ByteBuffer request = ByteBuffer.wrap(exchange.getRequestBody().readAllBytes());
		// ExportTraceServiceRequest.resource_spans, ResourceSpans.scope_spans,
		// ScopeSpans.spans.
		for (ByteBuffer resource : parts(request, 1)) {
			for (ByteBuffer scope : parts(resource, 2)) {
				parts(scope, 2).forEach((span) -> this.spans.add(span(span)));
			}
		}
		exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
		exchange.sendResponseHeaders(200, -1);
		exchange.close();
	}

	private static Span span(ByteBuffer span) {
		Map<String, String> attributes = new TreeMap<>();
		for (ByteBuffer attribute : parts(span, 9)) {
			List<ByteBuffer> text = parts(parts(attribute, 2).get(0), 1);
			attributes.put(text(parts(attribute, 1)), text(text));
		}
		return new Span(text(parts(span, 5)), hex(parts(span, 1)), hex(parts(span, 2)), hex(parts(span, 4)),
				attributes);
	}

	/** The values of a field that are bytes, texts or messages. */
	private static List<ByteBuffer> parts(ByteBuffer message, int field) {
		ByteBuffer rest = message.duplicate();
		List<ByteBuffer> found = new ArrayList<>();
		while (rest.hasRemaining()) {
			long tag = number(rest);
			switch ((int) tag & 7) {
				case 0 -> number(rest);
				case 1 -> rest.position(rest.position() + 8);
				case 5 -> rest.position(rest.position() + 4);
				case 2 -> {
					int length = (int) number(rest);
					if (tag >> 3 == field) {
						found.add(rest.slice(rest.position(), length));
					}
					rest.position(rest.position() + length);
				}
				default -> throw new IllegalArgumentException("no protobuf");
			}
		}
		return found;
	}

	private static long number(ByteBuffer rest) {
		long number = 0;
		int shift = 0;
		byte next;
		do {
			next = rest.get();
			number |= (next & 0x7fL) << shift;
			shift += 7;
		}
		while (next < 0);
		return number;
	}

	private static String text(List<ByteBuffer> parts) {
		return parts.isEmpty() ? "" : StandardCharsets.UTF_8.decode(parts.get(0).duplicate()).toString();
	}

	private static String hex(List<ByteBuffer> parts) {
		if (parts.isEmpty()) {
			return "";
		}
		byte[] bytes = new byte[parts.get(0).remaining()];
		parts.get(0).duplicate().get(bytes);
		return HexFormat.of().formatHex(bytes);
	}

	/** Waits for a span. */
	Span await(Predicate<Span> wanted) {
		try {
			Await.within(30, () -> this.spans.stream().anyMatch(wanted));
		}
		catch (AssertionError ex) {
			throw new AssertionError("No such span among " + this.spans, ex);
		}
		return this.spans.stream().filter(wanted).findFirst().orElseThrow();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	/**
	 * A span.
	 *
	 * @param name what it is called
	 * @param trace the trace it is of, in hex
	 * @param id its own, likewise
	 * @param parent that of the span it is below, empty for none
	 * @param attributes those that are texts
	 */
	record Span(String name, String trace, String id, String parent, Map<String, String> attributes) {

	}

}
