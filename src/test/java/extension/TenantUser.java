package extension;

import java.security.Principal;

/**
 * A user as the interceptor knows them.
 */
public record TenantUser(String name, String tenant) implements Principal {

	@Override
	public String getName() {
		return this.name;
	}

}
