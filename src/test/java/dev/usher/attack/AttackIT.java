package dev.usher.attack;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestClassOrder;

/**
 * All attacks, one group after the other on the same two gateways, and what they have
 * left behind. {@code src/docs/security.md} says of each what it shows.
 */
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
class AttackIT {

	@BeforeAll
	static void start() {
		Targets.start();
	}

	@AfterAll
	static void stop() {
		Targets.stop();
	}

	@Nested
	@Order(1)
	class Handshakes extends HandshakeAttacks {

	}

	@Nested
	@Order(2)
	class Tokens extends TokenAttacks {

	}

	@Nested
	@Order(3)
	class Frames extends FrameAttacks {

	}

	@Nested
	@Order(4)
	class Sessions extends SessionAttacks {

	}

	@Nested
	@Order(5)
	class Patience extends PatienceAttacks {

	}

	@Nested
	@Order(6)
	class Floods extends FloodAttacks {

	}

	@Nested
	@Order(7)
	class Tickets extends TicketAttacks {

	}

	@Nested
	@Order(8)
	class Cookies extends CookieAttacks {

	}

	@Nested
	@Order(9)
	class Logins extends LoginAttacks {

	}

	@Nested
	@Order(10)
	class Edges extends EdgeAttacks {

	}

	@Nested
	@Order(11)
	class Publishing extends PublishAttacks {

	}

	@Nested
	@Order(Integer.MAX_VALUE)
	class Afterwards extends Aftermath {

	}

}
