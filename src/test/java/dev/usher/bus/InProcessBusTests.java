package dev.usher.bus;

class InProcessBusTests extends BusContract {

	private final Bus bus = new InProcessBus();

	@Override
	protected Bus bus() {
		return this.bus;
	}

	@Override
	protected Reach reach() {
		return Reach.NODE;
	}

}
