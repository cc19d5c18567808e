package dev.usher.account;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;

/** Nobody here has the name. Says the same to the client as a wrong password. */
final class UnknownNameException extends RefusedException {

	UnknownNameException() {
		super(Reason.BAD_CREDENTIALS);
	}

}
