package dev.usher.inbox.store;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.usher.inbox.Draft;
import dev.usher.inbox.InboxProperties;
import dev.usher.inbox.ReaderRequest;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What is said to the inbox: properties, drafts, requests, headers. */
class InboxWordsTests {

	private static final Destination QUEUE = Destination.forPublish("/queue/a");

	@Test
	void theDefaultsAreThoseOfTheContract() {
		InboxProperties properties = Inboxes.properties();
		assertThat(properties.keep()).isEqualTo(Duration.ofDays(7));
		assertThat(properties.keepCount()).isEqualTo(1000);
		assertThat(properties.inFlight()).isEqualTo(256);
		assertThat(properties.maxDeliveries()).isEqualTo(5);
		assertThat(properties.readerExpiry()).isEqualTo(Duration.ofDays(30));
	}

	@ParameterizedTest
	@CsvSource({ "keep,0s", "keep-count,-1", "in-flight,0", "max-deliveries,-1", "ack-timeout,-1s", "reader-expiry,-1d",
			"readers-per-log,0", "logs-per-owner,-1", "logs-per-publisher,-1", "owner-bytes,-1B", "publisher-bytes,-1B",
			"min-free,-1B", "queue,0", "queue-bytes,1KB", "tail,-1B", "sweep,0s", "lease,1ms", "node,' '" })
	void aWrongPropertyIsNamedInFull(String name, String value) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> Inboxes.properties(name, value))
			.havingRootCause()
			.withMessageStartingWith("usher.inbox." + name + " must ");
	}

	@Test
	void aDraftThatADatabaseWouldRefuseIsRefusedBefore() {
		assertRefused(Reason.TOO_LARGE, null, Map.of(), new byte[Draft.MAX_BODY + 1]);
		assertRefused(Reason.TOO_LARGE, "x".repeat(256), Map.of(), new byte[0]);
		assertRefused(Reason.TOO_LARGE, null, Map.of("a", "x".repeat(400_000)), new byte[0]);
		assertRefused(Reason.BAD_REQUEST, "a\0b", Map.of(), new byte[0]);
		assertRefused(Reason.BAD_REQUEST, null, Map.of("a", "half \ud83d"), new byte[0]);
		assertRefused(Reason.BAD_REQUEST, null, Map.of("\ude00", "half"), new byte[0]);
		assertThat(Inboxes.draft(QUEUE, "secret")).asString().doesNotContain("secret");
	}

	private static void assertRefused(Reason reason, @Nullable String id, Map<String, String> headers, byte[] body) {
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> new Draft(QUEUE, null, headers, body, id, null, 0))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(reason));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a b", "a:b", "a/b", "ü",
			"12345678901234567890123456789012345678901234567890123456789012345" })
	void aBadReaderNameIsRefused(String name) {
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> new ReaderRequest(QUEUE, name, null, null, 0))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.BAD_FRAME));
	}

	@Test
	void headersComeBackAsTheyWereAndInTheirOrder() {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put("sender", "client:a\\b");
		headers.put("z\\c\\n", "\n:\\\r");
		headers.put("a", "\\\\n");
		headers.put("empty", "");
		headers.put("original-message-id", "e-1");
		assertThat(HeaderText.parse(HeaderText.of(headers))).containsExactlyEntriesOf(headers);
		assertThat(HeaderText.parse(HeaderText.of(Map.of()))).isEmpty();
	}

	/** Rows of earlier versions, which let more names through, are read as well. */
	@Test
	void headersThatNoPublisherMayGiveAnyMoreAreNotReadBack() {
		assertThat(HeaderText.parse("sender:admin\n\u00a0user-name:admin\nUser-Name:admin\n ack:x\na\\cb:x\nmine:x\n"))
			.containsExactly(Map.entry("mine", "x"));
		assertThat(HeaderText.parse(":alice\nsender:admin\n")).containsExactly(Map.entry("sender", "alice"));
	}

	@Test
	void whatIsSetAsideHasADestinationWhateverTheLengthOfItsName() {
		assertThat(DeadLetters.of(QUEUE)).hasToString("/queue/a.dead");
		Destination longest = Destination.forPublish("/user/a%2Fb/queue/" + "x".repeat(Destination.MAX_NAME));
		assertThat(DeadLetters.of(longest).name()).hasSize(Destination.MAX_NAME).endsWith(".dead");
		assertThat(DeadLetters.of(longest).owner()).isEqualTo("a/b");
	}

}
