package dev.usher.socket;

import dev.usher.edge.ClientAddress;
import dev.usher.websocket.HandshakeRequest;

import org.springframework.stereotype.Component;

/** Whether there is room for one more connection of a stranger. */
@Component
class AdmissionCheck extends HandshakeCheck {

	private final HandshakeReader handshakes;

	private final Admission admission;

	AdmissionCheck(HandshakeReader handshakes, Admission admission) {
		this.handshakes = handshakes;
		this.admission = admission;
	}

	@Override
	void check(HandshakeRequest request) {
		this.admission.handshake(ClientAddress.network(this.handshakes.read(request).address()));
	}

}
