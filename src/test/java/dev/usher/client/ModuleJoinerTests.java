package dev.usher.client;

import java.util.regex.Pattern;

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
				let one=1;class Two{two(){return import.meta.url}}async function three(){}""");
	}

	@Test
	void blanksWhenTheyMeanSomethingThenAreKept() {
		String code = """
				return new A (b + +c, d - -e, 'a b' , `x ${y ? 1 : 2} z` ) ;
				case  'x' : typeof  f / /g/.h ;
				""";
		assertThat(new CommentStripper(code).strip()).isEqualTo("""
				return new A(b+ +c,d- -e,'a b',`x ${y ? 1 : 2} z`);
				case'x':typeof f/ /g/.h;
				""");
	}

	@Test
	void signsWhenABracketClosesBehindThemThenAreGone() {
		ModuleJoiner joiner = new ModuleJoiner("");
		joiner.add("const a = {\n  b: [\n    c,\n  ],\n};\nif (a) {\n  f(\n    a,\n  );\n}\ng();");
		assertThat(joiner.join()).isEqualTo("let a={b:[c]};if(a){f(a)}g();");
	}

	@Test
	void constantsWhenJoinedThenAreVariables() {
		ModuleJoiner joiner = new ModuleJoiner("");
		joiner.add("const { a, constant } = b;\nfor (const [c] of d) {\n  e.const = constant;\n}\n");
		assertThat(joiner.join()).isEqualTo("let{a,constant}=b;for(let[c]of d){e.const=constant}");
	}

	@Test
	void privateNamesWhenJoinedThenAreShortAndStayDifferentWithinAModule() {
		ModuleJoiner joiner = new ModuleJoiner("");
		StringBuilder many = new StringBuilder("class A {\n");
		for (int i = 0; i < 60; i++) {
			many.append("#name").append(i).append(" = _own(").append(i).append(");\n");
		}
		joiner.add(many.append("}").toString());
		joiner.add("class B { #one; #name1; session_id = this.#name1 ?? a_b; }");
		String joined = joiner.join();
		assertThat(joined).startsWith("class A{#b=_a(0);#c=_a(1);").contains("class B{#b;#a;session_id=this.#a??a_b}");
		assertThat(Pattern.compile("#(\\w+)=_a").matcher(joined).results().map((match) -> match.group(1))).hasSize(60)
			.doesNotHaveDuplicates()
			.doesNotContain("a");
	}

	@Test
	void textsWhenTheyLookLikeCommentsThenAreKept() {
		String code = """
				const url='https://example.org/*';const quote="it's // not";
				const nested=`${`${a}`} // kept
				  indented`;
				const pattern=/^\\/(user\\/)?queue\\//;
				const escaped='don\\'t // stop';
				""";
		assertThat(new CommentStripper(code).strip()).isEqualTo(code);
	}

}
