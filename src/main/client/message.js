/** A MESSAGE as its subscriber sees it. */
export class Message {
  #frame;

  #subscription;

  constructor(frame, subscription) {
    this.#frame = frame;
    this.#subscription = subscription;
    this.headers = Object.freeze(frame.headers);
    const { destination, offset, epoch, timestamp, redelivered } = frame.headers;
    this.destination = destination;
    this.id = frame.headers['message-id'];
    this.redelivered = redelivered === 'true';
    Object.assign(this, offset && { offset: Number(offset), epoch }, timestamp && { sentAt: new Date(Number(timestamp)) });
  }

  get text() {
    return this.#frame.body;
  }

  get bytes() {
    return this.#frame.binaryBody;
  }

  json() {
    return JSON.parse(this.text);
  }

  ack() {
    return this.#subscription.settle('ack', this);
  }

  nack() {
    return this.#subscription.settle('nack', this);
  }
}
