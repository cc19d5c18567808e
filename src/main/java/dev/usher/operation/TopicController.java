package dev.usher.operation;

import java.util.List;
import java.util.regex.Pattern;

import dev.usher.access.Caller;
import dev.usher.account.Administration;
import dev.usher.node.NodeLease;
import dev.usher.socket.ConnectionDirectory;

import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The live destinations that somebody has subscribed to on this node. */
@RestController
class TopicController {

	/** What a name may hold; a username may hold more. */
	private static final Pattern PLAIN = Pattern.compile("/(?:[A-Za-z0-9._/-]*|user/.*)");

	private final ConnectionDirectory directory;

	private final Administration administration;

	private final NodeLease node;

	TopicController(ConnectionDirectory directory, Administration administration, NodeLease node) {
		this.directory = directory;
		this.administration = administration;
		this.node = node;
	}

	@GetMapping(path = "/admin/topics", produces = MediaType.APPLICATION_JSON_VALUE)
	List<View> list(@AuthenticationPrincipal Caller caller, @RequestParam(defaultValue = "/") String prefix,
			@RequestParam(defaultValue = "") String after,
			@RequestParam(defaultValue = Parameters.USUAL_PAGE) int limit) {
		this.administration.requireOperator(caller);
		Parameters.checkLimit(limit, Parameters.MAX_PAGE);
		Parameters.checkText("prefix", prefix);
		Parameters.checkText("after", after);
		if (!PLAIN.matcher(prefix).matches()) {
			throw Parameters.bad("Parameter \"prefix\" must be how a destination begins, such as /topic/news. "
					+ "It is compared as it stands, and has no wildcards.");
		}
		return this.directory.destinations(prefix, after, limit)
			.stream()
			.map((each) -> new View(each.destination(), this.node.id(), each.subscribers()))
			.toList();
	}

	/**
	 * A live destination as it is shown.
	 *
	 * @param destination where messages go; a user's own has their name
	 * @param node the incarnation whose subscriptions are counted
	 * @param subscribers how many there are
	 */
	record View(String destination, String node, int subscribers) {

	}

}
