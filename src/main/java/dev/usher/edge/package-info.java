/**
 * Where a request comes from and where it was sent to: addresses of clients and proxies,
 * forwarded headers, hosts, origins and the query of a URL. Start at
 * {@link ClientAddress}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.usher.edge;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
