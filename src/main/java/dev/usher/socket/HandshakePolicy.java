package dev.usher.socket;

import java.util.List;

import dev.usher.edge.ClientAddress;
import dev.usher.edge.ClientAddress.Source;
import dev.usher.edge.OriginProperties;
import dev.usher.edge.QueryParameter;
import dev.usher.edge.TokenInUrl;
import dev.usher.edge.UnlistedOrigins;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.websocket.Handshake;
import dev.usher.websocket.HandshakeDecision;

/**
 * Who may open a WebSocket at all. A page of another origin could make its visitors'
 * browsers open one, and browsers do not ask first as they do for other requests (RFC
 * 6455, section 10.2), so the {@code Origin} is checked here. A bad token of a client
 * that is no browser is refused here as well, because that client can see the status.
 */
final class HandshakePolicy implements HandshakeDecision {

	/** The subprotocols of STOMP over WebSocket, best first. */
	private static final List<String> SUBPROTOCOLS = List.of("v12.stomp", "v11.stomp", "v10.stomp");

	private final ClientAddress addresses;

	private final OriginProperties origins;

	private final UnlistedOrigins unlisted;

	private final Credentials credentials;

	private final Admission admission;

	private final StompGateway gateway;

	private final SocketAudit audit;

	HandshakePolicy(ClientAddress addresses, OriginProperties origins, UnlistedOrigins unlisted,
			Credentials credentials, Admission admission, StompGateway gateway, SocketAudit audit) {
		this.addresses = addresses;
		this.audit = audit;
		this.origins = origins;
		this.unlisted = unlisted;
		this.admission = admission;
		this.credentials = credentials;
		this.gateway = gateway;
	}

	@Override
	public void inspect(Handshake handshake) {
		if (TokenInUrl.isIn(handshake.query())) {
			refuse(handshake, new RefusedException(Reason.TOKEN_IN_URL));
		}
		// Each would ask the database, and a URL holds hundreds.
		if (QueryParameter.values(handshake.query(), Credentials.TICKET).size() > 1) {
			refuse(handshake, new RefusedException(Reason.BAD_REQUEST, "There is more than one ticket in the URL."));
		}
	}

	private void refuse(Handshake handshake, RefusedException refusal) {
		this.audit.refused(handshake, refusal);
		throw refusal;
	}

	@Override
	public Accepted accept(Handshake asConnected) {
		Source source = this.addresses.resolve(asConnected.remoteAddress(), asConnected.ownOrigin(),
				asConnected.forwarded());
		Handshake handshake = asConnected.from(source.address(), source.origin());
		try {
			return decide(handshake);
		}
		catch (RefusedException ex) {
			this.audit.refused(handshake, ex);
			throw ex;
		}
	}

	private Accepted decide(Handshake handshake) {
		String origin = handshake.origin();
		if (origin != null && !OriginProperties.same(origin, handshake.ownOrigin()) && !this.origins.allows(origin)) {
			this.unlisted.refused(origin);
			throw new RefusedException(Reason.FORBIDDEN, "Pages of this origin are not allowed to connect.");
		}
		this.admission.handshake(ClientAddress.network(handshake.remoteAddress()));
		this.credentials.checkHandshake(handshake.authorization());
		List<String> offered = handshake.subprotocols();
		String subprotocol = SUBPROTOCOLS.stream().filter(offered::contains).findFirst().orElse(null);
		return new Accepted(this.gateway.newConnection(handshake).events(), subprotocol);
	}

}
