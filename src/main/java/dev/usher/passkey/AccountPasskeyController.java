package dev.usher.passkey;

import java.util.List;

import dev.usher.access.Caller;
import dev.usher.account.Account;
import dev.usher.account.Accounts;
import dev.usher.account.Administration;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * What an administrator may do with the passkeys of others: see them and, of a device
 * that was lost, remove one.
 */
@RestController
@RequestMapping("/admin/accounts/{username}/passkeys")
@ConditionalOnPasskeys
class AccountPasskeyController {

	private final Passkeys passkeys;

	private final Accounts accounts;

	private final Administration administration;

	private final PasskeyAudit audit;

	AccountPasskeyController(Passkeys passkeys, Accounts accounts, Administration administration, PasskeyAudit audit) {
		this.passkeys = passkeys;
		this.accounts = accounts;
		this.administration = administration;
		this.audit = audit;
	}

	@GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	List<PasskeyView> list(@AuthenticationPrincipal Caller caller, @PathVariable String username) {
		this.administration.requireOperator(caller);
		return this.passkeys.list(account(username).username()).stream().map(PasskeyView::of).toList();
	}

	@DeleteMapping("/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void remove(@AuthenticationPrincipal Caller caller, @PathVariable String username, @PathVariable String id,
			HttpServletRequest request) {
		this.administration.requireAdministrator(caller);
		String owner = account(username).username();
		try {
			this.passkeys.remove(owner, id, null);
			this.audit.done("remove " + id + " of " + owner, caller, request);
		}
		catch (RuntimeException ex) {
			this.audit.failed("remove of " + owner, caller, request, ex);
			throw ex;
		}
	}

	private Account account(String username) {
		return this.accounts.find(username)
			.orElseThrow(() -> new RefusedException(Reason.NOT_FOUND, "There is no account of this name."));
	}

}
