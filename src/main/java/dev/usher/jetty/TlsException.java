package dev.usher.jetty;

/** TLS cannot be spoken with what is given for it, so the start stops. */
class TlsException extends RuntimeException {

	private final String action;

	private TlsException(String message, String action, Throwable cause) {
		super(message, cause);
		this.action = action;
	}

	/**
	 * Says why a certificate cannot be used.
	 * @param source the bundle or the property that it is given by
	 * @param failure what came of using it
	 */
	static TlsException of(String source, Throwable failure) {
		TlsFault fault = TlsFault.of(failure);
		return new TlsException("The certificate of " + source + " cannot be used: " + fault.reason() + ".",
				fault.action(), failure);
	}

	String action() {
		return this.action;
	}

}
