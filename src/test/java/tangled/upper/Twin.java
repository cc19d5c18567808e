package tangled.upper;

/** Has the name of a type in the other package. */
class Twin {

}
