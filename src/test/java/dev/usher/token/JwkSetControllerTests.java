package dev.usher.token;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

class JwkSetControllerTests {

	@Test
	void askedThenPublicHalvesOnlyAndCacheable(@TempDir Path folder) throws Exception {
		try (TokenFixture tokens = TokenFixture.inMemory(folder)) {
			MockMvc mvc = MockMvcBuilders.standaloneSetup(new JwkSetController(tokens.keys)).build();
			String body = mvc.perform(get("/oauth2/jwks"))
				.andExpect(status().isOk())
				.andExpect(content().contentType("application/json"))
				.andExpect(header().string("Cache-Control", "max-age=300, public"))
				.andExpect(jsonPath("$.keys.length()").value(1))
				.andExpect(jsonPath("$.keys[0].kid").value(tokens.keys.current().kid()))
				.andExpect(jsonPath("$.keys[0].kty").value("RSA"))
				.andExpect(jsonPath("$.keys[0].use").value("sig"))
				.andExpect(jsonPath("$.keys[0].alg").value("RS256"))
				.andReturn()
				.getResponse()
				.getContentAsString();
			for (String secret : new String[] { "d", "p", "q", "dp", "dq", "qi" }) {
				assertThat(body).doesNotContain("\"" + secret + "\"");
			}
		}
	}

}
