package dev.usher.http;

import java.lang.reflect.Type;

import dev.usher.protocol.CheckedBody;

import org.springframework.core.MethodParameter;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/** Has a request's body checked before its call sees it. */
@ControllerAdvice
class BodyChecks extends RequestBodyAdviceAdapter {

	@Override
	public boolean supports(MethodParameter parameter, Type type, Class<? extends HttpMessageConverter<?>> converter) {
		return CheckedBody.class.isAssignableFrom(parameter.getParameterType());
	}

	@Override
	public Object afterBodyRead(Object body, HttpInputMessage message, MethodParameter parameter, Type type,
			Class<? extends HttpMessageConverter<?>> converter) {
		// Null is what Spring refuses itself.
		if (body instanceof CheckedBody checked) {
			checked.check();
		}
		return body;
	}

}
