package dev.usher.inbox.store;

import java.time.Clock;
import java.util.Set;
import java.util.concurrent.Executor;

import dev.usher.inbox.InboxProperties;

/**
 * What every reader of a node uses.
 *
 * @param logs the logs that are being read here
 * @param delivery the threads that call consumers, and never wait
 * @param dead where messages are set aside
 * @param waiting the readers that wait for a time to come
 * @param clock what is due
 * @param properties the limits
 * @param readAhead what was read and waits to be handed out
 * @param peers the other nodes on the database
 */
record ReaderTools(LiveLogs logs, Executor delivery, DeadLetters dead, Set<Reader> waiting, Clock clock,
		InboxProperties properties, ReadAhead readAhead, Peers peers) {

}
