package dev.usher.client;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ModuleJoinerTests {

	@Test
	void modulesWhenJoinedThenImportsExportsCommentsAndIndentationAreGone() {
		ModuleJoiner joiner = new ModuleJoiner("/*! head */\n");
		joiner.add("""
				import { a } from './a.js';
				import {
				  b,
				} from './b.js';

				/** Doc: it's "quoted" `so`. */
				export const one = 1; // one
				export class Two {
				  // "two
				  two() {
				    return import.meta.url;
				  }
				}
				""");
		joiner.add("export async function three() {\n}\n//# sourceMappingURL=three.js.map");
		assertThat(joiner.join()).isEqualTo("""
				/*! head */
				const one = 1;\s
				class Two {
				two() {
				return import.meta.url;
				}
				}
				async function three() {
				}
				""");
	}

	@Test
	void textsWhenTheyLookLikeCommentsThenAreKept() {
		String code = """
				const url = 'https://example.org/*'; const quote = "it's // not";
				const nested = `${`${a}`} // kept
				  indented`;
				const pattern = /^\\/(user\\/)?queue\\//;
				const escaped = 'don\\'t // stop';
				""";
		assertThat(new CommentStripper(code).strip()).isEqualTo(code);
	}

}
