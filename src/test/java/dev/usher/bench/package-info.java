/**
 * The benchmark: the gateway, a stock Spring simple-broker application and, where it is
 * installed, a NATS server, under the same load in one run. Outside the tests;
 * {@code src/docs/benchmarks.md} says how to run it. Start at {@link Benchmark}.
 */
@NullMarked
package dev.usher.bench;

import org.jspecify.annotations.NullMarked;
