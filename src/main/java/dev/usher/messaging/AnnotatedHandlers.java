package dev.usher.messaging;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.socket.ApplicationHandlers;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.handler.HandlerMethod;
import org.springframework.messaging.handler.invocation.AsyncHandlerMethodReturnValueHandler;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;
import org.springframework.messaging.handler.invocation.HandlerMethodReturnValueHandler;
import org.springframework.messaging.handler.invocation.HandlerMethodReturnValueHandlerComposite;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageMappingInfo;
import org.springframework.messaging.simp.SimpMessageSendingOperations;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.web.socket.messaging.WebSocketAnnotationMethodMessageHandler;

/**
 * Spring's handler of annotated methods, given frames by the gateway and not by a
 * channel: only those that were checked and that a method is mapped to. What it adds is
 * threads, an outcome for the RECEIPT, and an account of what failed.
 */
final class AnnotatedHandlers extends WebSocketAnnotationMethodMessageHandler implements ApplicationHandlers {

	/** Commands of the gateway's own, as methods would be mapped to them. */
	private static final Set<String> RESERVED = Set.of("/auth", "/ping", "auth", "ping");

	private final HandlerThreads threads;

	private final HandlerFailures failures;

	private final HandlerMethodArgumentResolverComposite arguments = new HandlerMethodArgumentResolverComposite();

	private final HandlerMethodReturnValueHandlerComposite returns = new HandlerMethodReturnValueHandlerComposite();

	private final List<Mapping> mappings = new ArrayList<>();

	AnnotatedHandlers(MessageChannel outbound, SimpMessageSendingOperations template, HandlerThreads threads,
			HandlerFailures failures) {
		super(new ExecutorSubscribableChannel(), outbound, template);
		this.threads = threads;
		this.failures = failures;
	}

	@Override
	public void afterPropertiesSet() {
		super.afterPropertiesSet();
		this.arguments.addResolvers(getArgumentResolvers());
		this.returns.addHandlers(getReturnValueHandlers());
	}

	@Override
	protected void registerHandlerMethod(Object handler, Method method, SimpMessageMappingInfo mapping) {
		checkAlone(createHandlerMethod(handler, method), mapping);
		SimpMessageType type = mapping.getMessageTypeMessageCondition().getMessageType();
		for (String pattern : mapping.getDestinationConditions().getPatterns()) {
			if (RESERVED.contains(pattern)) {
				throw new UnsupportedMessagingException(
						name(method) + " is mapped to " + pattern
								+ ", and /app/auth and /app/ping are commands of the gateway.",
						"Map the method to another destination.");
			}
			this.mappings.add(new Mapping(type, pattern, getPathMatcher().isPattern(pattern)));
		}
		super.registerHandlerMethod(handler, method, mapping);
	}

	private void checkAlone(HandlerMethod method, SimpMessageMappingInfo mapping) {
		HandlerMethod other = getHandlerMethods().get(mapping);
		if (other != null && !other.equals(method)) {
			// The names of the classes stand alone, so that an extension is found by
			// them.
			throw new AmbiguousMappingException(
					"The methods " + nameAndClass(other) + " and " + nameAndClass(method) + " are both mapped to "
							+ String.join(", ", mapping.getDestinationConditions().getPatterns()) + ".");
		}
	}

	private static String nameAndClass(HandlerMethod method) {
		return method.getMethod().getName() + " of " + method.getMethod().getDeclaringClass().getName();
	}

	private static String name(Method method) {
		return method.getDeclaringClass().getName() + "." + method.getName();
	}

	@Override
	public boolean isEmpty() {
		return this.mappings.isEmpty();
	}

	@Override
	public boolean handles(SimpMessageType type, String destination) {
		String lookup = getLookupDestination(destination);
		return lookup != null && this.mappings.stream().anyMatch((mapping) -> matches(mapping, type, lookup));
	}

	private boolean matches(Mapping mapping, SimpMessageType type, String lookup) {
		return mapping.type() == type && ((mapping.isPattern()) ? getPathMatcher().match(mapping.pattern(), lookup)
				: mapping.pattern().equals(lookup));
	}

	@Override
	public Room reserve(String session, String user, int frames, long memory) {
		return new Reserved(this.threads.reserve(session, user, frames, memory));
	}

	private void invoke(Message<?> message) {
		try {
			handleMessage(message);
		}
		catch (Throwable ex) {
			failed("A method mapped to " + SimpMessageHeaderAccessor.getDestination(message.getHeaders()), ex);
		}
	}

	private void failed(String method, Throwable failure) {
		Invocation.failed();
		this.failures.note(method, failure);
	}

	@Override
	protected void processHandlerMethodException(HandlerMethod handlerMethod, Exception exception, Message<?> message) {
		InvocableHandlerMethod handler = getExceptionHandlerMethod(handlerMethod, exception);
		if (handler == null) {
			failed(handlerMethod.getShortLogMessage(), exception);
			return;
		}
		handler.setMessageMethodArgumentResolvers(this.arguments);
		try {
			Throwable cause = exception.getCause();
			Object value = (cause != null) ? handler.invoke(message, exception, cause, handlerMethod)
					: handler.invoke(message, exception, handlerMethod);
			MethodParameter returnType = handler.getReturnType();
			if (returnType.getParameterType() != void.class) {
				this.returns.handleReturnValue(value, returnType, message);
			}
		}
		catch (Throwable ex) {
			failed(handler.getShortLogMessage(), ex);
		}
	}

	/** Who calls comes first: no other resolver is to give a parameter another user. */
	@Override
	protected List<HandlerMethodArgumentResolver> initArgumentResolvers() {
		List<HandlerMethodArgumentResolver> all = new ArrayList<>(super.initArgumentResolvers());
		all.add(0, new IdentityArgumentResolver());
		return all;
	}

	@Override
	protected List<? extends HandlerMethodReturnValueHandler> initReturnValueHandlers() {
		List<HandlerMethodReturnValueHandler> all = new ArrayList<>();
		for (HandlerMethodReturnValueHandler each : super.initReturnValueHandlers()) {
			all.add((each instanceof AsyncHandlerMethodReturnValueHandler async) ? new Awaited(async) : each);
		}
		return all;
	}

	/** Places for frames whose methods are called here. */
	private final class Reserved implements Room {

		private final HandlerThreads.Reservation places;

		private Reserved(HandlerThreads.Reservation places) {
			this.places = places;
		}

		@Override
		public CompletionStage<Boolean> handle(Message<?> message, int memory) {
			Invocation invocation = new Invocation();
			this.places.execute(memory, () -> {
				long begun = System.nanoTime();
				invocation.done().thenRun(() -> AnnotatedHandlers.this.threads.ran(System.nanoTime() - begun));
				invocation.run(() -> invoke(message));
			});
			return invocation.done();
		}

		@Override
		public void close() {
			this.places.close();
		}

	}

	/**
	 * Where methods are mapped to.
	 *
	 * @param type the type of message
	 * @param pattern the destination behind the prefix
	 * @param isPattern whether it stands for more than one
	 */
	private record Mapping(SimpMessageType type, String pattern, boolean isPattern) {

	}

	/** Has the invocation wait for the future that a method returned. */
	private record Awaited(
			AsyncHandlerMethodReturnValueHandler handler) implements AsyncHandlerMethodReturnValueHandler {

		@Override
		public boolean supportsReturnType(MethodParameter returnType) {
			return this.handler.supportsReturnType(returnType);
		}

		@Override
		public void handleReturnValue(@Nullable Object returnValue, MethodParameter returnType, Message<?> message)
				throws Exception {
			this.handler.handleReturnValue(returnValue, returnType, message);
		}

		@Override
		public boolean isAsyncReturnValue(Object returnValue, MethodParameter returnType) {
			return this.handler.isAsyncReturnValue(returnValue, returnType);
		}

		@Override
		public @Nullable CompletableFuture<?> toCompletableFuture(Object returnValue, MethodParameter returnType) {
			CompletableFuture<?> future = this.handler.toCompletableFuture(returnValue, returnType);
			return (future != null) ? Invocation.await(future) : null;
		}

	}

}
