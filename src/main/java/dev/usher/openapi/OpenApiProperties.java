package dev.usher.openapi;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The description of the calls over HTTP.
 *
 * @param enabled {@code usher.openapi.enabled}, whether {@code /openapi} and
 * {@code /docs} are there, true by default. Nothing in them is secret, but what nobody
 * needs in production need not be there
 */
@ConfigurationProperties("usher.openapi")
record OpenApiProperties(@DefaultValue("true") boolean enabled) {

}
