import { Acknowledgements } from './acknowledgements.js';
import { UsherError } from './errors.js';
import { Emitter, deferred, onAbort } from './events.js';
import { Message } from './message.js';

const STORED = /^\/(user\/)?queue\//;

/** How many messages wait for a slow application, where the gateway waits for no acknowledgement. */
const WAITING = 1000;

const WIRE = { auto: 'auto', client: 'client', individual: 'client-individual' };

/** The connection's end is told to the state of the connection; here it would be noise. */
const report = (error) => error.code !== 'connection_lost' && console.error(error);

/** What one wants to hear, over all connections: it is subscribed anew on each, from where the last one ended. */
export class Subscription {
  state = 'pending';
  position = null;
  error = null;
  #options;
  #owner;
  #events = new Emitter();
  #first = deferred();
  #acks = null;
  #stored;

  /** Whether the reader is of the connection, so that its place is known here alone. */
  #private;

  #seen = null;

  /** When that was published, if it came on this connection. */
  #seenAt;

  /** Frames, each with the time when it came. */
  #buffer = [];

  /** Whether the gateway was asked to stop until what waits was handled. */
  #full = false;
  #busy = false;
  #link = null;
  #lostAt = null;
  #deaf;

  constructor(id, destination, options, owner) {
    Object.assign(this, { id, destination });
    this.#owner = owner;
    this.#stored = STORED.test(destination);
    const placed = options.from && options.from !== 'now';
    this.#private = this.#stored && !options.durable && (placed || destination.startsWith('/user/'));
    // What is read by a reader that goes on without us must not count as read before it was handled.
    const outlives = this.#stored && !this.#private;
    const ack = options.ack ?? (outlives || options.autoAck ? 'client' : 'auto');
    this.#options = { ...options, ack, autoAck: ack !== 'auto' && (options.autoAck ?? !options.ack) };
    this.#acks = ack === 'auto' ? null : new Acknowledgements(ack === 'client', options.inFlight ?? 256, report);
    if (this.#private && options.from?.epoch) {
      this.#seen = { ...options.from };
    }
    this.#deaf = onAbort(options.signal, () => this.unsubscribe());
  }

  get ready() {
    return this.#first.promise;
  }

  on(event, listener) {
    return this.#events.on(event, listener);
  }

  /** Subscribes on a new connection. Resolves in any case, once that is settled. */
  async start(link) {
    this.#link = link;
    this.#full &&= this.#buffer.length > 0;
    if (this.#full) {
      return;
    }
    const before = this.#seen;
    this.#seenAt = null;
    try {
      this.#confirmed(await link.subscribe(this.destination, this.#headers(), (frame) => this.#receive(frame, link)), before);
    } catch (error) {
      if (error.retry === 'no') {
        this.fail(error);
      }
    }
  }

  #headers() {
    const { ack, durable, from, inFlight } = this.#options;
    const start = from === 'first' ? { offset: 0 } : from?.epoch ? from : {};
    const place = this.#private ? this.#seen ?? start : start;
    return {
      id: this.id,
      ack: WIRE[ack],
      ...durable && { durable },
      ...place.offset >= 0 && { offset: place.offset },
      ...place.epoch && { epoch: place.epoch },
      ...inFlight && { 'in-flight': inFlight },
    };
  }

  #confirmed(headers, before) {
    if (this.state === 'ended') {
      return;
    }
    const now = new Date();
    const next = headers.offset === undefined ? null : { offset: Number(headers.offset), epoch: headers.epoch };
    if (next) {
      if (headers.recovered === 'false') {
        const kind = before?.epoch && before.epoch !== next.epoch ? 'epoch' : 'expired';
        this.#gap({ kind, from: this.#lostAt ?? now, to: now, ...before && { last: before }, next });
        // Messages may have come with the RECEIPT, and are further.
        if (!this.#seenAt) {
          this.#seen = this.position = next;
        }
      }
      this.#seen ??= next;
      this.position ??= next;
    } else if (this.#lostAt) {
      this.#missed(this.#lostAt);
    }
    this.#lostAt = null;
    this.#set('live');
    this.#first.resolve(this.position);
  }

  #gap(gap) {
    const whole = { destination: this.destination, ...gap };
    this.#events.emit('gap', whole);
    this.#owner.gap(whole);
  }

  /** Other nodes' messages were missed for a while, though the connection stood. */
  missed(from) {
    if (!this.#stored && this.state === 'live') {
      this.#missed(from);
    }
  }

  #missed(from) {
    this.#gap({ kind: 'live', from, to: new Date() });
  }

  /** The connection is lost. What was buffered and would come again is dropped; the rest is still handled. */
  lost(heardAt) {
    if (this.state === 'live') {
      this.#lostAt = new Date(heardAt);
      this.#set('pending');
    }
    this.#link = null;
    if (this.#acks && this.#stored) {
      const [first] = this.#buffer;
      if (first && this.#private) {
        this.#seen = { offset: first.headers.offset - 1, epoch: first.headers.epoch };
      }
      this.#acks.lost(this.#buffer);
      this.#buffer = [];
      if (this.#private) {
        this.#acks.clear();
      }
    }
  }

  /** Another user is here now: what the last one has seen means nothing. */
  reset() {
    this.lost();
    this.#buffer = [];
    this.#acks?.clear();
    this.#seen = this.position = this.#lostAt = null;
  }

  #receive(frame, link) {
    if (this.state === 'ended' || this.#full || link !== this.#link) {
      return;
    }
    const { epoch } = frame.headers;
    const offset = Number(frame.headers.offset);
    if (this.#acks && !this.#acks.take(frame, link)) {
      return;
    }
    if (offset) {
      const seen = this.#seen;
      const later = !seen || seen.epoch !== epoch || offset > seen.offset;
      if (this.#private && !this.#acks && !later) {
        return;
      }
      if (later) {
        const at = new Date(Number(frame.headers.timestamp));
        // Nobody else has these, so what is left out is gone. The RECEIPT has told what was gone before.
        if (this.#private && this.#seenAt && offset > seen.offset + 1) {
          this.#gap({ kind: 'expired', from: this.#seenAt, to: at, last: seen, next: { offset: offset - 1, epoch } });
        }
        this.#seen = { offset, epoch };
        this.#seenAt = at;
      }
    }
    this.#buffer.push(Object.assign(frame, { at: Date.now() }));
    this.#pump();
    if (!(this.#acks && this.#stored) && this.#buffer.length > WAITING) {
      this.#overflow(link);
    }
  }

  /** What has a place is read on from there when there is room; of the rest, what waits is missed. */
  #overflow(link) {
    if (this.#private) {
      this.#full = true;
      link.unsubscribe({ id: this.id }).catch(report);
    } else {
      const [{ at }] = this.#buffer.splice(0, WAITING);
      this.#missed(new Date(at));
    }
  }

  /** One message at a time; the next when the application is through with the last. */
  async #pump() {
    const { onMessage } = this.#options;
    while (onMessage && !this.#busy && this.#buffer.length && this.state !== 'ended') {
      const message = new Message(this.#buffer.shift(), this);
      let error = null;
      try {
        const result = onMessage(message);
        if (typeof result?.then === 'function') {
          this.#busy = true;
          await result;
        }
      } catch (thrown) {
        error = thrown ?? new Error('the handler threw nothing');
        console.error(error);
      }
      this.#busy = false;
      this.#handled(message, error);
    }
    if (this.#full && !this.#buffer.length && this.#link) {
      this.start(this.#link);
    }
  }

  #handled(message, error) {
    const autoAck = this.#options.autoAck && this.state !== 'ended';
    if (error && autoAck) {
      this.flush();
      this.#acks.settle('nack', message, this.#link).catch(report);
      return;
    }
    if (message.offset) {
      this.position = { offset: message.offset, epoch: message.epoch };
    }
    if (autoAck) {
      this.#acks.handled(message, this.#link);
    }
  }

  /** Acknowledges what was handled and waited for company. */
  flush() {
    this.#acks?.flush(this.#link);
  }

  async settle(verb, message) {
    // What an ended subscription leaves unsettled is nobody's; to say so would be a bad frame.
    if (this.state !== 'ended') {
      await this.#acks?.settle(verb, message, this.#link);
    }
  }

  async unsubscribe({ forget } = {}) {
    if (this.state === 'ended') {
      return;
    }
    const confirmed = this.#link && !this.#full && this.state !== 'failed';
    if (forget && !confirmed) {
      throw new UsherError('connection_lost', 'A durable reader is forgotten on a connection, and there is none.');
    }
    this.flush();
    this.#buffer = [];
    this.#end('ended', new UsherError('closed', 'It was unsubscribed.'));
    if (confirmed) {
      // An end of the connection ends it as well, but forgets nothing.
      await this.#link.unsubscribe({ id: this.id, ...forget && { forget } }).catch(forget ? undefined : report);
    }
  }

  fail(error) {
    this.error = error;
    this.#end('failed', error);
  }

  #end(state, error) {
    this.#deaf?.();
    this.#owner.ended(this);
    this.#set(state);
    this.#first.reject(error);
  }

  #set(state) {
    if (this.state !== state) {
      this.state = state;
      this.#events.emit('state', state);
    }
  }

  /** Messages one by one; a message counts as handled when the next one is asked for. */
  [Symbol.asyncIterator]() {
    let finish = () => {};
    let held = null;
    let waiting = null;
    const settle = (work) => {
      waiting && work(waiting);
      waiting = null;
    };
    const over = (state) => settle((each) => (state === 'failed' ? each.reject(this.error) : each.resolve({ done: true })));
    const off = this.on('state', (state) => ['failed', 'ended'].includes(state) && over(state));
    this.#options.onMessage = (message) => new Promise((resolve) => {
      finish = resolve;
      held = { value: message, done: false };
      settle((each) => {
        each.resolve(held);
        held = null;
      });
    });
    this.#pump();
    return {
      next: () => {
        const result = held;
        held = null;
        if (result) {
          return Promise.resolve(result);
        }
        const promise = new Promise((resolve, reject) => {
          waiting = { resolve, reject };
        });
        finish();
        if (['failed', 'ended'].includes(this.state)) {
          over(this.state);
        }
        return promise;
      },
      return: async () => {
        off();
        finish();
        await this.unsubscribe();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
