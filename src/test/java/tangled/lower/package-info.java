/** May use nothing, and uses {@code upper} all the same. */
@ApplicationModule(allowedDependencies = {})
package tangled.lower;

import org.springframework.modulith.ApplicationModule;
