/** Tests of the STOMP wire format. */
@NullMarked
package dev.usher.stomp;

import org.jspecify.annotations.NullMarked;
