/**
 * Where things are kept: the data folder and the database, embedded or not. Imports
 * nothing. Start at {@link StorageProperties}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.usher.storage;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
