/**
 * What several nodes on one database agree on. Start at {@link ClusterProperties}; who
 * the nodes are is in {@code node}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.usher.cluster;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
