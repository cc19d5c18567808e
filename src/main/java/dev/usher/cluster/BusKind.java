package dev.usher.cluster;

/** What carries live messages and hints from one node to the others. */
public enum BusKind {

	/** Nothing: this node is the only one. */
	NONE,

	/** Redis or Valkey. */
	REDIS

}
