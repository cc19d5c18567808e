package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;

import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.ExecutorSubscribableChannel;

/**
 * The channel that frames of clients go through. It has no executor: a frame is handled
 * on the thread that read it, so that the frames of one connection keep their order. The
 * first interceptor is always the one that authenticates; what follows it is others'.
 */
final class ClientInboundChannel extends ExecutorSubscribableChannel {

	private final ChannelInterceptor first;

	private volatile boolean watched;

	ClientInboundChannel(ChannelInterceptor first, MessageHandler last) {
		this.first = first;
		super.addInterceptor(first);
		subscribe(last);
	}

	/** Whether anybody but the gateway looks at what goes through. */
	boolean watched() {
		return this.watched;
	}

	/** The names of the classes of others' interceptors. */
	List<String> interceptorNames() {
		return getInterceptors().stream()
			.filter((each) -> each != this.first)
			.map((each) -> each.getClass().getName())
			.toList();
	}

	private void look() {
		this.watched = getInterceptors().stream().anyMatch((each) -> each != this.first) || getSubscribers().size() > 1;
	}

	@Override
	public void setInterceptors(List<ChannelInterceptor> interceptors) {
		List<ChannelInterceptor> all = new ArrayList<>(interceptors);
		all.remove(this.first);
		all.add(0, this.first);
		super.setInterceptors(all);
		look();
	}

	@Override
	public void addInterceptor(ChannelInterceptor interceptor) {
		super.addInterceptor(interceptor);
		look();
	}

	@Override
	public void addInterceptor(int index, ChannelInterceptor interceptor) {
		super.addInterceptor(Math.max(1, index), interceptor);
		look();
	}

	@Override
	public boolean removeInterceptor(ChannelInterceptor interceptor) {
		boolean removed = interceptor != this.first && super.removeInterceptor(interceptor);
		look();
		return removed;
	}

	@Override
	public ChannelInterceptor removeInterceptor(int index) {
		ChannelInterceptor removed = super.removeInterceptor(Math.max(1, index));
		look();
		return removed;
	}

	@Override
	public boolean subscribe(MessageHandler handler) {
		boolean subscribed = super.subscribe(handler);
		look();
		return subscribed;
	}

	@Override
	public boolean unsubscribe(MessageHandler handler) {
		boolean unsubscribed = super.unsubscribe(handler);
		look();
		return unsubscribed;
	}

}
