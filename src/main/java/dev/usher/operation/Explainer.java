package dev.usher.operation;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.AccessRules;
import dev.usher.access.Action;
import dev.usher.access.Caller;
import dev.usher.access.Explanation;
import dev.usher.access.Permissions;
import dev.usher.account.Account;
import dev.usher.account.MeantAccounts;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.publish.Publisher;
import dev.usher.socket.ConnectionDirectory;
import dev.usher.thread.Failures;
import dev.usher.token.TokenVerifier;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Says why somebody may do something or may not, by asking what would decide: the parser
 * of destinations, the permissions, the look-up of whom a name means. Decides nothing
 * itself.
 */
@Component
class Explainer {

	private final AccessRules rules;

	private final MeantAccounts accounts;

	private final ConnectionDirectory connections;

	private final TokenVerifier verifier;

	private final Publisher publisher;

	Explainer(AccessRules rules, MeantAccounts accounts, ConnectionDirectory connections, TokenVerifier verifier,
			Publisher publisher) {
		this.rules = rules;
		this.accounts = accounts;
		this.connections = connections;
		this.verifier = verifier;
		this.publisher = publisher;
	}

	/**
	 * Explains. Blocks for the database where a name is given.
	 * @throws RefusedException {@link Reason#UNKNOWN_USER} where nothing is known of a
	 * name
	 */
	CompletionStage<ExplainAnswer> explain(ExplainRequest request) {
		String token = request.token();
		if (token != null) {
			return this.verifier.examine(token)
				.thenCompose((caller) -> explain(request, Subject.of(caller, "token")))
				.exceptionally((failure) -> refused(request, null, refusal(failure)));
		}
		String username = String.valueOf(request.username());
		Account account = this.accounts.find(username).orElse(null);
		if (account != null && account.disabled()) {
			return CompletableFuture.completedFuture(refused(request, subject(account),
					new RefusedException(Reason.UNAUTHORIZED, "The account is disabled, so nobody can log in to it.")));
		}
		return explain(request, (account != null) ? subject(account) : connected(username));
	}

	private Subject subject(Account account) {
		return new Subject(account.username(), "account", account.roles(),
				this.rules.permissions(account.username(), account.roles(), List.of(), List.of()));
	}

	private Subject connected(String username) {
		Caller caller = this.connections.callerOf(username);
		if (caller == null) {
			throw new RefusedException(Reason.UNKNOWN_USER,
					"There is no account of this name, and nobody of this name is connected to this node. "
							+ "For users of other issuers and for services, give their \"token\".");
		}
		return Subject.of(caller, "connection");
	}

	private CompletionStage<ExplainAnswer> explain(ExplainRequest request, Subject who) {
		if (Destination.isCommand(request.written())) {
			return CompletableFuture.completedFuture(command(request, who));
		}
		try {
			Destination written = parse(request, who.name());
			ExplainAnswer first = answer(request, who, written);
			if (request.asked() == Action.SUBSCRIBE || !first.allowed() || written.application()) {
				return CompletableFuture.completedFuture(first);
			}
			return this.publisher.meant(written)
				.thenApply((meant) -> (meant.equals(written)) ? first : answer(request, who, meant))
				.exceptionally((failure) -> refused(request, who, refusal(failure)));
		}
		catch (RefusedException ex) {
			return CompletableFuture.completedFuture(refused(request, who, ex));
		}
	}

	/** No rule is about the gateway's own commands. */
	private static ExplainAnswer command(ExplainRequest request, Subject who) {
		String sentence = request.written() + " is a command of the gateway: ";
		if (request.asked() == Action.SUBSCRIBE) {
			return refused(request, who, new RefusedException(Reason.BAD_FRAME,
					sentence + "a client sends it, and nobody can subscribe to it."));
		}
		return new ExplainAnswer(true, null, sentence + "whoever is connected may send it.", who.name(), who.basis(),
				new TreeSet<>(who.roles()), request.asked().word(), request.written(), null, List.of());
	}

	private static Destination parse(ExplainRequest request, String name) {
		String text = request.written();
		if (text.startsWith(Destination.APPLICATION)) {
			return Destination.forApplication(text);
		}
		return (request.asked() == Action.SUBSCRIBE) ? Destination.forSubscribe(text, name)
				: Destination.forPublish(text);
	}

	private ExplainAnswer answer(ExplainRequest request, Subject who, Destination destination) {
		Explanation explanation = this.rules.explain(who.permissions(), who.roles(), request.asked(), destination);
		boolean allowed = explanation.verdict().allowed();
		return new ExplainAnswer(allowed, (allowed) ? null : Reason.FORBIDDEN.code(),
				ExplainSentence.of(explanation, request.asked(), who.name(), destination), who.name(), who.basis(),
				new TreeSet<>(who.roles()), request.asked().word(), destination.address(),
				ExplainAnswer.Match.of(explanation.verdict()),
				explanation.considered().stream().map(ExplainAnswer.Considered::of).toList());
	}

	/** Refused before any rule was asked, or because of who it is. */
	private static ExplainAnswer refused(ExplainRequest request, @Nullable Subject who, RefusedException refusal) {
		String word = refusal.word().equals(refusal.reason().code()) ? "" : " (" + refusal.word() + ")";
		return new ExplainAnswer(false, refusal.reason().code(), refusal.text() + word,
				(who != null) ? who.name() : null, (who != null) ? who.basis() : "token",
				(who != null) ? new TreeSet<>(who.roles()) : Set.of(), request.asked().word(), request.written(), null,
				List.of());
	}

	private static RefusedException refusal(Throwable failure) {
		if (Failures.unwrap(failure) instanceof RefusedException refused) {
			return refused;
		}
		throw new IllegalStateException("A permission could not be explained", failure);
	}

	/**
	 * Who it is about.
	 *
	 * @param basis what is known of them
	 */
	private record Subject(String name, String basis, Set<String> roles, Permissions permissions) {

		static Subject of(Caller caller, String basis) {
			return new Subject(caller.name(), basis, caller.roles(), caller.permissions());
		}

	}

}
