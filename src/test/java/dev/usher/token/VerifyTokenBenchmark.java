package dev.usher.token;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.usher.access.Caller;
import dev.usher.testing.TestTokens;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.util.FileSystemUtils;

/** From the text of a token to its caller, signature, claims, revocations and all. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class VerifyTokenBenchmark {

	private static final String SECRET = "a secret of thirty-two bytes or more";

	private @Nullable Path folder;

	private @Nullable TokenFixture fixture;

	private String own = "";

	private String foreign = "";

	@Setup
	public void mint() throws IOException {
		this.folder = Files.createTempDirectory("bench-token");
		TokenFixture opened = TokenFixture.inMemory(this.folder, TokenFixture.issuer("partner", "gateway", null, false,
				SECRET, null, Set.of("user"), "", DpopUse.OPTIONAL));
		this.own = opened.mint().value();
		this.foreign = TestTokens.valid("partner", "gateway", opened.clock)
			.claim("roles", List.of("user"))
			.sign(SECRET.getBytes(StandardCharsets.UTF_8));
		this.fixture = opened;
	}

	/** RS256, 2048 bits. */
	@Benchmark
	public @Nullable Caller ownRs256() {
		return verify(this.own);
	}

	@Benchmark
	public @Nullable Caller foreignHs256() {
		return verify(this.foreign);
	}

	private @Nullable Caller verify(String token) {
		return (this.fixture != null) ? this.fixture.verifier.verify(token).toCompletableFuture().join() : null;
	}

	@TearDown
	public void close() throws IOException {
		if (this.fixture != null) {
			this.fixture.close();
		}
		FileSystemUtils.deleteRecursively(this.folder);
	}

}
