package dev.usher.storage;

/**
 * Which database this node uses.
 *
 * @param embedded whether it is the one inside this process, kept in the data folder
 */
public record Database(boolean embedded) {

}
