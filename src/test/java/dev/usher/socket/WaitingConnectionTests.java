package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;

import dev.usher.testing.Await;
import dev.usher.testing.MutableClock;
import dev.usher.trace.Traces;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/** What metrics and spans say of a connection whose client is slow, or has just gone. */
class WaitingConnectionTests {

	private final Traces traces = Traces.off();

	private final ConnectSpans spans = new ConnectSpans(this.traces);

	private UnservedGateway gateway;

	private StompConnection connection;

	@BeforeEach
	void open() {
		this.gateway = new UnservedGateway(new MutableClock());
		this.connection = this.gateway.open(new FullSocket());
	}

	@AfterEach
	void close() {
		this.gateway.close();
	}

	private void pass(long millis) {
		long until = this.gateway.wheel().now() + millis;
		Await.until(() -> this.gateway.wheel().now() > until);
	}

	@Test
	void slowWhenItWasIdleAndSomethingIsQueuedThenIsNotUntilItsClientTakesNothing() {
		Outlet outlet = this.connection.outlet();
		pass(600);
		assertThat(outlet.isSlow()).isFalse();
		assertThat(outlet.weight()).isEqualTo(100L * FullSocket.QUEUED);
		long before = this.gateway.wheel().now();
		outlet.blocked();
		boolean slow = outlet.isSlow();
		assertThat(slow && this.gateway.wheel().now() - before <= 500).as("slow at once").isFalse();
		pass(600);
		assertThat(outlet.isSlow()).isTrue();
		assertThat(outlet.weight()).isGreaterThan(600L * FullSocket.QUEUED);
		outlet.written(1);
		assertThat(outlet.isSlow()).isFalse();
	}

	@Test
	void spanWhenItBeginsForAConnectionThatHasJustEndedThenEndsToo() {
		List<String> ended = new ArrayList<>();
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStop(Observation.Context context) {
				ended.add(String.valueOf(context.getLowCardinalityKeyValue("result")));
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		ReflectionTestUtils.setField(this.traces, "registry", registry);
		this.spans.begin(this.connection);
		assertThat(ended).isEmpty();
		this.spans.end(this.connection, "connected");
		assertThat(ended).hasSize(1);
		this.connection.disconnect(CloseStatus.NORMAL);
		this.spans.begin(this.connection);
		assertThat(ended).hasSize(2);
		assertThat(ended.get(1)).contains("left");
	}

	/** One whose queue is never empty. */
	private static final class FullSocket extends ForgetfulSocket {

		private static final int QUEUED = 1000;

		@Override
		public int queuedBytes() {
			return QUEUED;
		}

	}

}
