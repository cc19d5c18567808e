/**
 * What tests are written in: a gateway to start, a client that can misbehave, a clock to
 * move, other people's issuers.
 */
package dev.usher.testing;
