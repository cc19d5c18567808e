/**
 * Code as an operator adds it, written against Spring alone. Outside of the gateway's own
 * packages, so that no test has it that does not ask for it.
 */
@NullMarked
package extension;

import org.jspecify.annotations.NullMarked;
