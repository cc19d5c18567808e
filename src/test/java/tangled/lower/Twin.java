package tangled.lower;

/** Has the name of a type in the other package. */
class Twin {

}
