/** May use {@code lower}, and does. */
@ApplicationModule(allowedDependencies = "lower")
package tangled.upper;

import org.springframework.modulith.ApplicationModule;
