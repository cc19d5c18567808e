package dev.usher.messaging;

import java.security.Principal;
import java.util.Objects;
import java.util.Optional;

import dev.usher.access.Caller;
import dev.usher.access.CallerAuthentication;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.annotation.CurrentSecurityContext;
import org.springframework.security.core.annotation.SecurityAnnotationScanner;
import org.springframework.security.core.annotation.SecurityAnnotationScanners;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Tells a method who calls, where it asks in words of Spring Security:
 * {@link AuthenticationPrincipal}, {@link CurrentSecurityContext}, or an
 * {@link Authentication}. Spring would take the body of the frame for most of them, which
 * the client writes. The user is that of the frame, and no context of a thread is asked.
 */
final class IdentityArgumentResolver implements HandlerMethodArgumentResolver {

	private final SecurityAnnotationScanner<AuthenticationPrincipal> principals = SecurityAnnotationScanners
		.requireUnique(AuthenticationPrincipal.class);

	private final SecurityAnnotationScanner<CurrentSecurityContext> contexts = SecurityAnnotationScanners
		.requireUnique(CurrentSecurityContext.class);

	private final SpelExpressionParser parser = new SpelExpressionParser();

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return this.principals.scan(parameter.getParameter()) != null
				|| this.contexts.scan(parameter.getParameter()) != null
				|| Authentication.class.isAssignableFrom(type(parameter))
				|| SecurityContext.class.isAssignableFrom(type(parameter));
	}

	private static Class<?> type(MethodParameter parameter) {
		return parameter.nestedIfOptional().getNestedParameterType();
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
		Principal user = Objects.requireNonNull(SimpMessageHeaderAccessor.getUser(message.getHeaders()),
				"A frame without a user");
		Object argument = argument(parameter, user);
		return (parameter.getParameterType() == Optional.class) ? Optional.ofNullable(argument) : argument;
	}

	private @Nullable Object argument(MethodParameter parameter, Principal user) {
		AuthenticationPrincipal principal = this.principals.scan(parameter.getParameter());
		if (principal != null) {
			Object whole = (user instanceof Authentication authentication) ? authentication.getPrincipal() : user;
			return fitting(evaluated(whole, principal.expression()), principal.errorOnInvalidType(), parameter);
		}
		Authentication authentication = authentication(parameter, user);
		CurrentSecurityContext context = this.contexts.scan(parameter.getParameter());
		if (context != null) {
			return fitting(evaluated(new SecurityContextImpl(authentication), context.expression()),
					context.errorOnInvalidType(), parameter);
		}
		return fitting(SecurityContext.class.isAssignableFrom(type(parameter)) ? new SecurityContextImpl(authentication)
				: authentication, true, parameter);
	}

	/** There is no anonymous one for a user that an interceptor made something else. */
	private static Authentication authentication(MethodParameter parameter, Principal user) {
		if (user instanceof Authentication authentication) {
			return authentication;
		}
		if (user instanceof Caller caller) {
			return new CallerAuthentication(caller);
		}
		throw new IllegalStateException(
				name(parameter) + " takes an Authentication, but the user that an interceptor set is of the type "
						+ user.getClass().getName()
						+ ". Have the method take a Principal, or the interceptor set an Authentication.");
	}

	private static String name(MethodParameter parameter) {
		return parameter.getDeclaringClass().getName() + "." + parameter.getExecutable().getName();
	}

	private @Nullable Object evaluated(@Nullable Object root, String expression) {
		if (!StringUtils.hasLength(expression)) {
			return root;
		}
		StandardEvaluationContext context = new StandardEvaluationContext(root);
		context.setVariable("this", root);
		return this.parser.parseExpression(expression).getValue(context);
	}

	/** As in Spring Security, one of another type is null where that is no error. */
	private static @Nullable Object fitting(@Nullable Object value, boolean strict, MethodParameter parameter) {
		if (value == null || ClassUtils.isAssignable(type(parameter), value.getClass())) {
			return value;
		}
		if (!strict) {
			return null;
		}
		throw new ClassCastException(name(parameter) + " takes a " + type(parameter).getName() + ", and who calls is a "
				+ value.getClass().getName() + ".");
	}

}
