package dev.usher.edge;

import java.util.List;

import dev.usher.edge.ClientAddress.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Where a request came from, and what forged headers make of it: nothing. */
class ClientAddressTests {

	private static final String OWN = "http://gateway:8080";

	private final ClientAddress addresses = new ClientAddress(
			new ProxyProperties(List.of("10.0.0.0/8", "2001:db8:ffff::/48", "192.0.2.1")));

	private Source resolve(String peer, String... forwarded) {
		return this.addresses.resolve(peer, OWN, List.of(forwarded));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
			// Not from a proxy: whatever it says.
			"203.0.113.9 | X-Forwarded-For: 1.1.1.1 | 203.0.113.9", "127.0.0.1 | X-Forwarded-For: 1.1.1.1 | 127.0.0.1",
			"[::1] | Forwarded: for=1.1.1.1 | 0:0:0:0:0:0:0:1",
			// The same bytes as a range of the other family has: 32.1.13.184 is 2001:db8.
			"32.1.13.184 | X-Forwarded-For: 1.1.1.1 | 32.1.13.184",
			"a00::1 | X-Forwarded-For: 1.1.1.1 | a00:0:0:0:0:0:0:1",
			// The rightmost that is no proxy; all to its left is hearsay.
			"10.0.0.1 | X-Forwarded-For: 1.1.1.1 | 1.1.1.1",
			"10.0.0.1 | X-Forwarded-For: 6.6.6.6, 1.1.1.1, 10.2.3.4 | 1.1.1.1",
			"10.0.0.1 | X-Forwarded-For: 10.9.9.9, 10.2.3.4 | 10.9.9.9",
			"192.0.2.1 | X-Forwarded-For: 1.1.1.1:4711 | 1.1.1.1", "192.0.2.2 | X-Forwarded-For: 1.1.1.1 | 192.0.2.2",
			"10.0.0.1 | Forwarded: for=6.6.6.6, for=1.1.1.1;proto=https;by=10.0.0.1 | 1.1.1.1",
			"10.0.0.1 | Forwarded: For=\"[2001:db8::7]:4711\" | 2001:db8:0:0:0:0:0:7",
			"2001:db8:ffff::1 | Forwarded: for=\"[2001:db8::7]\" | 2001:db8:0:0:0:0:0:7",
			"::ffff:10.0.0.1 | X-Forwarded-For: 1.1.1.1 | 1.1.1.1",
			"10.0.0.1 | X-Forwarded-For: ::ffff:1.1.1.1 | 1.1.1.1",
			// What is no address ends the search at the last that is one.
			"10.0.0.1 | X-Forwarded-For: 1.1.1.1, unknown | 10.0.0.1", "10.0.0.1 | Forwarded: for=_hidden | 10.0.0.1",
			"10.0.0.1 | X-Forwarded-For: evil.example.org | 10.0.0.1", "10.0.0.1 | X-Forwarded-For: 1.1 | 10.0.0.1",
			"10.0.0.1 | X-Forwarded-For: 0x1.1.1.1 | 10.0.0.1", "10.0.0.1 | X-Forwarded-For: 256.1.1.1 | 10.0.0.1",
			"10.0.0.1 | Forwarded: for=\"1.1.1.1 | 10.0.0.1", "10.0.0.1 | X-Real-IP: 1.1.1.1 | 10.0.0.1" })
	void addressWhenResolvedThenIsTheLastThatCanBeBelieved(String peer, String header, String expected) {
		assertThat(resolve(peer, header).address()).isEqualTo(expected);
	}

	@Test
	void addressWhenTheTwoHeadersDifferThenNeitherIsBelieved() {
		// nginx writes the one and passes the client's own other one on.
		assertThat(resolve("10.0.0.1", "Forwarded: for=6.6.6.6", "X-Forwarded-For: 1.1.1.1").address())
			.isEqualTo("10.0.0.1");
		assertThat(resolve("10.0.0.1", "Forwarded: for=1.1.1.1", "X-Forwarded-For: 1.1.1.1").address())
			.isEqualTo("1.1.1.1");
	}

	@Test
	void originWhenAProxySaysItThenIsTheOneTheClientAsked() {
		String[] headers = { "X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: https",
				"X-Forwarded-Host: app.example.org" };
		assertThat(resolve("10.0.0.1", headers).origin()).isEqualTo("https://app.example.org");
		assertThat(resolve("10.0.0.1", headers).secure()).isTrue();
		assertThat(resolve("203.0.113.9", headers).origin()).isEqualTo(OWN);
		assertThat(resolve("10.0.0.1", "Forwarded: for=1.1.1.1;proto=https;host=app.example.org").origin())
			.isEqualTo("https://app.example.org");
		assertThat(resolve("10.0.0.1", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: https, http").origin())
			.isEqualTo(OWN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a/b", "a@b", "a b", "", "a:b", "evil?x", "[::1" })
	void originWhenItsHostIsNoneThenStays(String host) {
		assertThat(resolve("10.0.0.1", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-Host: " + host).origin())
			.isEqualTo(OWN);
	}

	@Test
	void networkThenIsTheAddressOrHalfOfIt() {
		assertThat(ClientAddress.network("192.0.2.7")).isEqualTo("192.0.2.7");
		assertThat(ClientAddress.network("2001:db8:1:2:3:4:5:6")).isEqualTo("2001:db8:1:2:0:0:0:0/64")
			.isEqualTo(ClientAddress.network("2001:db8:1:2:ffff::1"));
		assertThat(ClientAddress.network("unknown")).isEqualTo("unknown");
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "10.0.0.0/33", "10.0.0/8", "::1/129", "10.0.0.1/-1", "10.0.0.0/+8",
			"10.0.0.1/", "" })
	void proxyWhenNoRangeThenStopsTheStart(String proxy) {
		assertThatIllegalArgumentException().isThrownBy(() -> new ProxyProperties(List.of("::1", proxy)))
			.withMessageContaining("usher.proxies[1] must be an address or a range");
	}

}
