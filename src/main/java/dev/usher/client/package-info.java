/**
 * usher.js, the client kit, as it is served: its modules (src/main/client) and the parts
 * of stompjs that it uses, joined into one. Imports nothing. Start at {@link ClientKit}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.usher.client;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
