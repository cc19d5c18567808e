package dev.usher.protocol;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DestinationTests {

	@ParameterizedTest
	@CsvSource({ "/topic/a,false,a", "/queue/a,true,a", "/topic/a/b/c,false,a/b/c", "/topic/...,false,...",
			"/queue/A.b_c-9,true,A.b_c-9", "/topic/topic/queue,false,topic/queue" })
	void sharedWhenParsedThenItsOneSpellingIsTheText(String text, boolean stored, String name) {
		Destination destination = Destination.forPublish(text);
		assertThat(destination).isEqualTo(Destination.forSubscribe(text, "ann"));
		assertThat(destination.owner()).isNull();
		assertThat(destination.stored()).isEqualTo(stored);
		assertThat(destination.name()).isEqualTo(name);
		assertThat(destination.address()).isEqualTo(text);
		assertThat(destination.asSubscribed()).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "ann,/user/ann/topic/a", "auth0|5f7c,/user/auth0|5f7c/topic/a", "a/b,/user/a%2Fb/topic/a",
			"100%,/user/100%25/topic/a", "topic,/user/topic/topic/a", "queue,/user/queue/topic/a",
			"ann@example.org,/user/ann@example.org/topic/a", "'a b',/user/a b/topic/a", "*,/user/*/topic/a",
			"{user},/user/{user}/topic/a", "\u00e9\ud83d\ude00,/user/\u00e9\ud83d\ude00/topic/a" })
	void ownWhenSubscribedThenItIsTheAddressOthersPublishTo(String user, String address) {
		Destination own = Destination.forSubscribe("/user/topic/a", user);
		assertThat(own.address()).isEqualTo(address);
		assertThat(own.owner()).isEqualTo(user);
		assertThat(own.asSubscribed()).isEqualTo("/user/topic/a");
		assertThat(Destination.forPublish(address)).isEqualTo(own);
		assertThat(Destination.forPublish(address).owner()).isEqualTo(user);
	}

	@Test
	void reservedWhenTheFirstSegmentIsTheGatewaysThenIsAndElseIsNot() {
		for (String to : List.of("/topic/usher.stats", "/queue/usher.events/a", "/user/ann/topic/usher.",
				"/queue/usher..", "/user/ann/topic/session")) {
			assertThat(Destination.forPublish(to).reserved()).as(to).isTrue();
		}
		for (String to : List.of("/topic/usher", "/topic/ushers.a", "/queue/a/usher.b", "/queue/Usher.a",
				"/topic/session", "/user/usher.x/queue/a", "/user/ann/queue/session")) {
			assertThat(Destination.forPublish(to).reserved()).as(to).isFalse();
		}
	}

	@Test
	void usernamesWhenTheyHoldControlsThenTheyAreEncoded() {
		String user = "a\nb\0c\u007f";
		assertThat(Destination.encode(user)).isEqualTo("a%0Ab%00c%7F");
		assertThat(Destination.forPublish("/user/a%0Ab%00c%7F/queue/x").owner()).isEqualTo(user);
	}

	/** Two spellings of one address would be two keys of every map. */
	@ParameterizedTest
	@ValueSource(strings = { "/user/%61nn/topic/a", "/user/a%2fb/topic/a", "/user/a%2/topic/a", "/user/a%/topic/a",
			"/user/%GG/topic/a", "/user/a\nb/topic/a", "/user//topic/a", "/user/a%C3%A9/topic/a", "/user/ann/other/a",
			"/user/ann/topic/", "/user/ann", "/user/", "/user/a/b/topic/c", "/user/ann/topic/a*", "/user/ann//topic/a",
			"", "/", "topic/a", "/topic/", "/topic//a", "/topic/a/", "/topic/a b", "/topic/a%2F", "/topic/*",
			"/topic/\u00e9", "/topic/\uff0e", "/topic/a\0", "/app/auth", "/Topic/a" })
	void textWhenItIsNoDestinationThenItIsABadFrame(String text) {
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> Destination.forPublish(text))
			.matches((refused) -> refused.reason() == Reason.BAD_FRAME);
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> Destination.forSubscribe(text, "ann"))
			.matches((refused) -> refused.reason() == Reason.BAD_FRAME);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/user/topic/x", "/user/queue/x", "/user/topic/a/b", "/user/queue/a.b" })
	void publishWhenTheUserIsMissingThenTheRightFormIsTold(String text) {
		String word = text.contains("/topic/") ? "topic" : "queue";
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> Destination.forPublish(text))
			.withMessageContaining("use /user/{username}/" + word + "/{name}")
			.matches((refused) -> refused.reason() == Reason.BAD_FRAME);
	}

	@ParameterizedTest
	@ValueSource(strings = { ".", "..", "a/.", "a/..", "./a", "../a", "a/./b", "a/../b", "../../x" })
	void nameWhenASegmentIsADotOrTwoThenItIsABadFrame(String name) {
		for (String text : new String[] { "/topic/" + name, "/queue/" + name, "/user/ann/queue/" + name }) {
			assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> Destination.forPublish(text))
				.matches((refused) -> refused.reason() == Reason.BAD_FRAME);
		}
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> Destination.forSubscribe("/user/topic/" + name, "ann"))
			.matches((refused) -> refused.reason() == Reason.BAD_FRAME);
	}

	@ParameterizedTest
	@ValueSource(strings = { "...", ".a", "a.", "a..b", "a/.b", "a./b", "..a/b.." })
	void nameWhenDotsAreOnlyPartOfASegmentThenItIsGood(String name) {
		assertThat(Destination.forPublish("/topic/" + name).name()).isEqualTo(name);
	}

	@Test
	void namesWhenTheyAreTooLongThenTheyAreRefused() {
		assertThat(Destination.forPublish("/topic/" + "x".repeat(255)).name()).hasSize(255);
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> Destination.forPublish("/topic/" + "x".repeat(256)));
		assertThat(Destination.forPublish("/user/" + "x".repeat(255) + "/topic/a").owner()).hasSize(255);
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> Destination.forPublish("/user/" + "x".repeat(256) + "/topic/a"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/user/ann/topic/a", "/user/ben/queue/a", "/user/%2F/topic/a" })
	void subscribeWhenAUserIsNamedThenItIsForbiddenEvenOneself(String text) {
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> Destination.forSubscribe(text, "ann"))
			.matches((refused) -> refused.reason() == Reason.FORBIDDEN)
			.withMessageContaining("/user/")
			.withMessageNotContaining("ben");
	}

}
