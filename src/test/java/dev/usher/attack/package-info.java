/**
 * What somebody tries who wants what is not theirs, or wants nobody to have anything:
 * over real sockets, against the packaged jar in a process of its own. Start at
 * {@link dev.usher.attack.AttackIT}. What needs a clock moved by hand or a look inside is
 * in the tests of the packages.
 */
package dev.usher.attack;
