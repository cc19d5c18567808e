/**
 * How often somebody may try: token buckets, and attempts at passwords and secrets. Start
 * at {@link TokenBucket} for a rate, at {@link SecretThrottle} for attempts.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "edge", "storage", "protocol", "thread" })
package dev.usher.throttle;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
