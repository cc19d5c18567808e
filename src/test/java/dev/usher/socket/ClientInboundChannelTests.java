package dev.usher.socket;

import java.util.List;

import dev.usher.testing.SharedGateway;
import org.junit.jupiter.api.Test;

import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.messaging.support.ImmutableMessageChannelInterceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Who comes first on the channel, and whether anybody looks. */
class ClientInboundChannelTests {

	private final ChannelInterceptor first = new ImmutableMessageChannelInterceptor();

	private final ChannelInterceptor other = new ImmutableMessageChannelInterceptor();

	private final ClientInboundChannel channel = new ClientInboundChannel(this.first, (message) -> {
	});

	@Test
	void channelWhenNobodyIsThereThenItIsNotWatched() {
		assertThat(this.channel.watched()).isFalse();
		assertThat(SharedGateway.get().bean(ClientInboundChannel.class).watched()).isFalse();
	}

	@Test
	void channelWhenAnInterceptorComesAndGoesThenItIsWatchedMeanwhile() {
		this.channel.addInterceptor(this.other);
		assertThat(this.channel.watched()).isTrue();
		this.channel.removeInterceptor(this.other);
		assertThat(this.channel.watched()).isFalse();
	}

	@Test
	void channelWhenAnotherSubscribesThenItIsWatched() {
		MessageHandler handler = (message) -> {
		};
		this.channel.subscribe(handler);
		assertThat(this.channel.watched()).isTrue();
		this.channel.unsubscribe(handler);
		assertThat(this.channel.watched()).isFalse();
	}

	@Test
	void authenticationWhenOthersWantItsPlaceThenItStaysFirst() {
		this.channel.addInterceptor(0, this.other);
		assertThat(this.channel.getInterceptors()).containsExactly(this.first, this.other);
		this.channel.setInterceptors(List.of(this.other));
		assertThat(this.channel.getInterceptors()).containsExactly(this.first, this.other);
		assertThat(this.channel.removeInterceptor(this.first)).isFalse();
		assertThat(this.channel.removeInterceptor(0)).isSameAs(this.other);
		assertThat(this.channel.getInterceptors()).containsExactly(this.first);
	}

	@Test
	void messageWhenItIsNoFrameOfAClientThenItIsRefused() {
		ClientInboundChannel own = SharedGateway.get().bean(ClientInboundChannel.class);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> own.send(new GenericMessage<>(new byte[0])))
			.havingRootCause()
			.withMessageContaining("Only frames of clients");
	}

}
