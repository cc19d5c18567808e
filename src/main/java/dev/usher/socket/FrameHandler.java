package dev.usher.socket;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.stomp.ClientFrame;

/**
 * Lets frames of one kind take effect. Called on the thread that reads, after the guard
 * has let the frame through; must not block. A refusal is thrown.
 */
@FunctionalInterface
interface FrameHandler {

	/** The frame has taken effect. */
	CompletionStage<Effect> DONE = CompletableFuture.completedFuture(Effect.PLAIN);

	/** The frame will have taken effect when its RECEIPT is sent, which is seen to. */
	CompletionStage<Effect> LATER = CompletableFuture.completedFuture(Effect.WITHHELD);

	/**
	 * Handles a frame.
	 * @return completes when the frame has taken effect; {@link #DONE} where it has when
	 * this returns
	 */
	CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame);

}
