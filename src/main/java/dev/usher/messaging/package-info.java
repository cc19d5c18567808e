/**
 * Spring's programming model for code that an operator adds: the template and its
 * channel, methods with {@code @MessageMapping}, configurers, interceptors and the events
 * of sessions. What it cannot honour it refuses at the start, by name. Start at
 * {@link MessagingConfiguration}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "socket", "publish", "access", "thread", "protocol" })
package dev.usher.messaging;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
