package dev.usher.bus.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.usher.bus.Reach;
import dev.usher.testing.Await;
import dev.usher.testing.RedisServer;
import io.lettuce.core.RedisURI;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What one lane wants, against what a real Redis has. */
class LaneSubscriptionsTests {

	private final ExecutorService control = Executors.newSingleThreadExecutor();

	private final CompletableFuture<String> steady = new CompletableFuture<>();

	private final CompletableFuture<String> broken = new CompletableFuture<>();

	/** Runs once, when the first change was taken out of the queue. */
	private final AtomicReference<Runnable> whenTaken = new AtomicReference<>();

	private final LaneSubscriptions subscriptions = new LaneSubscriptions("usher:", "usher:n:x:0".getBytes(),
			this.control, new LaneSubscriptions.Owner() {

				@Override
				public void steady() {
					LaneSubscriptionsTests.this.steady.complete("");
				}

				@Override
				public void broken(String why, Throwable failure) {
					LaneSubscriptionsTests.this.broken.complete(why + failure);
				}

			}, new ConcurrentLinkedQueue<>() {

				@Override
				public String poll() {
					Runnable once = isEmpty() ? LaneSubscriptionsTests.this.whenTaken.getAndSet(null) : null;
					if (once != null) {
						once.run();
					}
					return super.poll();
				}

			});

	private RedisServer redis;

	private RedisEndpoint endpoint;

	private StatefulRedisPubSubConnection<byte[], byte[]> connection;

	@BeforeEach
	void connect() throws Exception {
		this.redis = RedisServer.start();
		this.endpoint = new RedisEndpoint(RedisURI.create("127.0.0.1", this.redis.port()), Duration.ofSeconds(3), null);
		StatefulRedisPubSubConnection<byte[], byte[]> open = this.endpoint.connectPubSub().get();
		open.addListener(new RedisPubSubAdapter<>() {

			@Override
			public void subscribed(byte[] channel, long count) {
				LaneSubscriptionsTests.this.subscriptions.onConfirmation(open);
			}

			@Override
			public void unsubscribed(byte[] channel, long count) {
				LaneSubscriptionsTests.this.subscriptions.onConfirmation(open);
			}

		});
		this.connection = open;
	}

	@AfterEach
	void close() {
		this.endpoint.close();
		this.control.shutdownNow();
		this.redis.close();
	}

	@Test
	void countWhenRedisHasLostAChannelThenItIsNoticed() throws Exception {
		this.subscriptions.want("u:kept");
		this.subscriptions.want("u:lost");
		this.control.execute(() -> this.subscriptions.restart(this.connection));
		this.steady.get(30, TimeUnit.SECONDS);
		assertThat(this.subscriptions.confirmed()).isEqualTo(2);
		this.connection.sync().unsubscribe("usher:u:lost".getBytes());
		this.control.execute(this.subscriptions::countSoon);
		assertThat(this.broken.get(30, TimeUnit.SECONDS)).contains("2 channels instead of 3");
	}

	/** Changes something, and something else once that was taken out of the queue. */
	private void change(Runnable first, Runnable then) throws InterruptedException {
		CountDownLatch both = new CountDownLatch(2);
		this.control.execute(() -> {
			this.whenTaken.set(() -> {
				then.run();
				both.countDown();
			});
			first.run();
			both.countDown();
		});
		assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void channelWhenItIsWantedAgainWhileItsEndIsBeingSentThenRedisHasIt() throws Exception {
		this.subscriptions.want("u:back");
		this.control.execute(() -> this.subscriptions.restart(this.connection));
		this.steady.get(30, TimeUnit.SECONDS);
		change(() -> this.subscriptions.unwant("u:back"), () -> this.subscriptions.want("u:back"));
		assertThat(this.subscriptions.confirmed("u:back").get(30, TimeUnit.SECONDS)).isEqualTo(Reach.CLUSTER);
		this.control.execute(this.subscriptions::countSoon);
		Await.until(() -> this.redis.command("CLIENT", "LIST", "TYPE", "pubsub").contains("cmd=client"));
		assertThat(this.redis.command("PUBSUB", "NUMSUB", "usher:u:back")).contains("\n1\n");
		assertThat(this.broken).isNotDone();
	}

	@Test
	void channelWhenItIsNoLongerWantedWhileItIsBeingAskedForThenRedisHasItNot() throws Exception {
		this.control.execute(() -> this.subscriptions.restart(this.connection));
		this.steady.get(30, TimeUnit.SECONDS);
		change(() -> this.subscriptions.want("u:gone"), () -> this.subscriptions.unwant("u:gone"));
		Await.until(() -> this.redis.command("PUBSUB", "NUMSUB", "usher:u:gone").contains("\n0\n"));
		assertThat(this.broken).isNotDone();
	}

}
