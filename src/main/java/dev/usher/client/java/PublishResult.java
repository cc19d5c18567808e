package dev.usher.client.java;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What became of a message.
 *
 * @param position where it is stored, on disk by now; null where the destination is live
 * @param delivered how many connections took a live message; null where that is not known
 * @param reach of a live message with several nodes: {@code cluster} or {@code node}
 * @param repeated whether the gateway knew the id already, and delivered it once
 * @param error why it was not taken; null where it was
 */
public record PublishResult(String id, @Nullable LogPosition position, @Nullable Integer delivered,
		@Nullable String reach, boolean repeated, @Nullable UsherException error) {

	static PublishResult of(String id, Map<?, ?> result) {
		UsherException error = (result.get("error") instanceof Map<?, ?> refusal) ? UsherException.of(refusal) : null;
		LogPosition position = (result.get("offset") instanceof Number offset)
				? new LogPosition(offset.longValue(), String.valueOf(result.get("epoch"))) : null;
		Integer delivered = (result.get("delivered") instanceof Number count) ? count.intValue() : null;
		String reach = (result.get("reach") instanceof String word) ? word : null;
		return new PublishResult(id, position, delivered, reach, Boolean.TRUE.equals(result.get("repeated")), error);
	}

	static PublishResult failed(String id, UsherException error) {
		return new PublishResult(id, null, null, null, false, error);
	}

}
