package dev.usher.messaging;

/** Makes the sentences of what a configurer cannot have. */
final class ConfigurerRefusals {

	private String configurer = "";

	/** The class that is asked now. */
	void asking(Object configurer) {
		this.configurer = configurer.getClass().getName();
	}

	/**
	 * @param wish what the configurer wants
	 * @param reason why it cannot have that
	 * @param action what to do instead; a sentence
	 */
	UnsupportedMessagingException of(String wish, String reason, String action) {
		return new UnsupportedMessagingException(this.configurer + " asks for " + wish + ": " + reason + ".", action);
	}

}
