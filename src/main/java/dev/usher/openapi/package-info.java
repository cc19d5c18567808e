/**
 * The calls over HTTP described for programs (OpenAPI 3.1) and for people. The
 * description is written by hand in {@code openapi.yaml}; a test holds it against every
 * endpoint there is. Imports nothing. Start at {@link OpenApiConfiguration}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.usher.openapi;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
