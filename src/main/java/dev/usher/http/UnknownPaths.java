package dev.usher.http;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Tells a path that does not exist from one that the caller may not use. Whoever mistypes
 * an address and is told to log in looks for the mistake in the wrong place. What there
 * is stands in the OpenAPI description, so nothing is given away.
 */
@Component
class UnknownPaths {

	private final ObjectProvider<RequestMappingHandlerMapping> controllers;

	UnknownPaths(ObjectProvider<RequestMappingHandlerMapping> controllers) {
		this.controllers = controllers;
	}

	/** Whether no controller answers there, by whatever method. */
	boolean contain(HttpServletRequest request) {
		return this.controllers.stream().noneMatch((mapping) -> answers(mapping, request));
	}

	private static boolean answers(HandlerMapping mapping, HttpServletRequest request) {
		try {
			HandlerExecutionChain chain = mapping.getHandler(request);
			return chain != null && !(chain.getHandler() instanceof HandlerMethod method
					&& ErrorController.class.isAssignableFrom(method.getBeanType()));
		}
		catch (Exception ex) {
			// The path is there, and another method or type is wanted.
			return true;
		}
	}

}
