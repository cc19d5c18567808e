package dev.usher.node;

import java.util.Map;

/**
 * Until when the leases of all nodes run that have a row. What a node held is free once
 * it has no row, and a lease that runs longer than it did before is a sign of life.
 *
 * @param at when that was so, epoch milliseconds of the database as all of it
 * @param until by the id of the node
 */
public record Leases(long at, Map<String, Long> until) {

}
