/**
 * Three packaged gateways that are one, on a real PostgreSQL and a real Redis, and what
 * happens to them. With {@code -Dcluster.scale=full} the numbers are those of the claims.
 */
package dev.usher.nodes;
