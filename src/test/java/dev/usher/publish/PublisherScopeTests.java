package dev.usher.publish;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.PublisherId;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The id of a message belongs to whoever published it: nobody can use it up for another.
 */
@ParameterizedClass
@EnumSource(Store.class)
class PublisherScopeTests {

	private static final String SECRET = "a secret of thirty-two bytes or more";

	private static HttpNode node;

	private static TestPublisher ann;

	private static TestPublisher bob;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store, "usher.access[0].destination=/**", "usher.access[0].publish=*",
				"usher.access[0].subscribe=*", "usher.issuers[0].issuer=partner", "usher.issuers[0].audience=usher",
				"usher.issuers[0].secret=" + SECRET);
		node.makeUser("ann", "user");
		node.makeUser("bob", "user");
		ann = TestPublisher.of(node, "ann");
		bob = TestPublisher.of(node, "bob");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	PublisherScopeTests(Store store) {
		assertThat(store).isNotNull();
	}

	@Test
	void idWhenSomebodyElseUsedItBeforeThenTheMessageIsStoredAllTheSame() {
		String to = "/user/ann/queue/bills";
		Map<String, Object> fake = Map.of("to", to, "body", "fake", "id", "bill-42");
		Map<String, Object> real = Map.of("to", to, "body", "real", "id", "bill-42");
		assertThat(place(bob.publish(fake))).isEqualTo(1);
		assertThat(place(ann.publish(real))).isEqualTo(2);
		assertThat(ann.stored(to)).containsExactly("fake", "real");
		Answer again = ann.publish(real);
		assertThat(place(again)).isEqualTo(2);
		assertThat(TestPublisher.result(again, 0).path("repeated").asBoolean()).isTrue();
		assertThat(place(bob.publish(fake))).isEqualTo(1);
	}

	@Test
	void idWhenSomebodyElseUsedItBeforeThenTheLiveMessageIsDeliveredAllTheSame() {
		try (StompClient client = StompClient.connect(node.port(), ann.token())) {
			client.subscribe("1", "/user/topic/bills");
			bob.publish(Map.of("to", "/user/ann/topic/bills", "body", "fake", "id", "bill-42"));
			Map<String, Object> real = Map.of("to", "/user/ann/topic/bills", "body", "real", "id", "bill-42");
			ann.publish(real);
			assertThat(client.expect("MESSAGE").text()).isEqualTo("fake");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("real");
			assertThat(TestPublisher.result(ann.publish(real), 0).path("repeated").asBoolean()).isTrue();
			client.expectNothing();
		}
	}

	@Test
	void idWhenSentAndThenPublishedThenItIsTheSamePublishersAndIsStoredOnce() {
		String to = "/user/ann/queue/both";
		try (StompClient one = StompClient.connect(node.port(), ann.token());
				StompClient other = StompClient.connect(node.port(), bob.token())) {
			one.receipt(StompFrame.of("SEND", "destination:" + to, "id:x").body("ann's"));
			other.receipt(StompFrame.of("SEND", "destination:" + to, "id:x").body("bob's"));
		}
		assertThat(place(ann.publish(Map.of("to", to, "body", "again", "id", "x")))).isEqualTo(1);
		assertThat(place(bob.publish(Map.of("to", to, "body", "again", "id", "x")))).isEqualTo(2);
		assertThat(ann.stored(to)).containsExactly("ann's", "bob's");
	}

	@Test
	void idWhenAnotherIssuersUserHasTheSameNameThenItIsAnotherPublishers() {
		String to = "/user/ann/queue/namesakes";
		TestPublisher namesake = new TestPublisher(node,
				TestTokens.valid("partner", "usher", node.clock()).claim("sub", "ann").sign(SECRET.getBytes(US_ASCII)));
		namesake.publish(Map.of("to", to, "body", "theirs", "id", "x"));
		assertThat(place(ann.publish(Map.of("to", to, "body", "ours", "id", "x")))).isEqualTo(2);
	}

	@Test
	void publisherWhenNamesHoldSeparatorsThenNoTwoAreOne() {
		List<PublisherId> all = List.of(new PublisherId("a", "b:c"), new PublisherId("a:b", "c"),
				new PublisherId("a", "b/c"), new PublisherId("a/b", "c"), new PublisherId("1:a", "b"),
				new PublisherId("", "1:ab"), new PublisherId("ab", ""), new PublisherId("", "ab"),
				new PublisherId("a\0b", "c"), new PublisherId("a", "b\0c"));
		assertThat(all.stream().map(PublisherId::key)).doesNotHaveDuplicates()
			.allSatisfy((key) -> assertThat(key).matches("[A-Za-z0-9_-]{43}"));
	}

	@Test
	void idWhenADayHasPassedThenItIsFree() {
		Map<String, Object> message = Map.of("to", "/user/ann/queue/day", "body", "x", "id", "daily");
		assertThat(place(ann.publish(message))).isEqualTo(1);
		node.clock().advance(Duration.ofHours(24).plusSeconds(1));
		ann = TestPublisher.of(node, "ann");
		bob = TestPublisher.of(node, "bob");
		JsonNode later = TestPublisher.result(ann.publish(message), 0);
		assertThat(later.path("offset").asInt()).isEqualTo(2);
		assertThat(later.has("repeated")).isFalse();
	}

	private static int place(Answer answer) {
		return TestPublisher.result(answer, 0).path("offset").asInt();
	}

}
