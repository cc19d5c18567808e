package dev.usher.socket;

import dev.usher.access.Caller;
import dev.usher.stomp.ClientFrame;

/**
 * Lets frames of one kind take effect. Called on the thread that reads, after the guard
 * has let the frame through; must not block. A refusal is thrown.
 */
@FunctionalInterface
interface FrameHandler {

	/**
	 * Handles a frame. When it returns, the frame has taken effect.
	 */
	void handle(StompConnection connection, Caller caller, ClientFrame frame);

}
