import { UsherError } from './errors.js';
import { later } from './events.js';

/** How many handled messages one ACK covers at most. */
const BATCH = 32;

/** How long one ACK follows the other at least, where neither covers that many. */
const ACK_PACE = 20;

/** How many of earlier connections are remembered: some never come again, since another reader took them. */
const REMEMBERED = 1000;

/** What a subscription with acknowledgements was handed and has not settled yet, in the order in which it came. */
export class Acknowledgements {
  /** By offset, or by id where there is none: the frame, the link it came by, and whether it was settled here. */
  #open = new Map();

  #cumulative;

  #report;

  #batch;

  #waiting = 0;

  #last = null;

  #flushedAt = 0;

  #timer;

  constructor(cumulative, inFlight, report) {
    this.#cumulative = cumulative;
    // What the gateway waits for is not held back.
    this.#batch = cumulative ? Math.min(BATCH, inFlight / 2) : 0;
    this.#report = report;
  }

  /** Of a message or its frame. */
  static #key({ headers }) {
    return headers.offset ?? headers['message-id'];
  }

  /**
   * Takes what has come; answers whether it is new here. What comes again because a connection was lost is not: what
   * the application has settled is settled again, what it still holds is settled by the newer frame.
   */
  take(frame, link) {
    const known = this.#open.get(Acknowledgements.#key(frame));
    if (known && known.epoch === frame.headers.epoch && (known.link !== link || known.done)) {
      Object.assign(known, { frame, link });
      this.#put(frame, known);
      if (known.done && this.#before(known).every((each) => each.done)) {
        this.#say('ack', [known], known).catch(this.#report);
      }
      return false;
    }
    this.#put(frame, { frame, link, epoch: frame.headers.epoch, done: false });
    return true;
  }

  #put(frame, entry) {
    const key = Acknowledgements.#key(frame);
    this.#open.delete(key);
    this.#open.set(key, entry);
  }

  /** What an ACK covers beside its own message: what the same connection gave before. */
  #before(own) {
    const all = [...this.#open.values()];
    return this.#cumulative ? all.slice(0, all.indexOf(own)).filter(({ link }) => link === own.link) : [];
  }

  /** The connection is lost: what was never handled comes again, and what was handled is settled when it does. */
  lost(messages) {
    this.#flushed();
    messages.forEach((message) => this.#open.delete(Acknowledgements.#key(message)));
    for (const key of [...this.#open.keys()].slice(0, -REMEMBERED)) {
      this.#open.delete(key);
    }
  }

  /** After the reader itself is gone nothing comes again. */
  clear() {
    this.#open.clear();
  }

  /**
   * Says ACK or NACK for a message; in the mode `client` it covers all before it. What was handled of that, and waits for
   * the answer to its ACK, is not refused.
   */
  async settle(verb, message, link) {
    const own = this.#open.get(Acknowledgements.#key(message));
    if (!own) {
      return;
    }
    const before = this.#before(own);
    const covered = [...before.filter(({ done }) => verb === 'ack' || !done), own];
    if (verb === 'nack') {
      // The gateway gives these again, although they were handled. No later ACK covers them before they came.
      before.filter(({ done }) => done).forEach((each) => {
        each.link = null;
      });
    }
    covered.forEach((each) => {
      each.done = verb === 'ack';
    });
    if (own.link !== link) {
      if (verb === 'nack') {
        // When it comes again it is to be handled again.
        this.#remove(own);
      }
      throw new UsherError('connection_lost', 'The message came by a connection that was lost. If it comes again, this counts.');
    }
    // What came again behind it, and was handled before, waited for it.
    const all = this.#cumulative && verb === 'ack' ? [...this.#open.values()].filter((each) => each.link === link) : [];
    for (let i = all.indexOf(own) + 1; i > 0 && all[i]?.done; i++) {
      covered.push(all[i]);
    }
    await this.#say(verb, covered, covered.at(-1));
  }

  async #say(verb, covered, own) {
    if (verb === 'nack') {
      // It comes again, and is to be handled again.
      covered.forEach((each) => this.#remove(each));
    }
    await own.link.settle(verb, own.frame);
    covered.forEach((each) => this.#remove(each));
  }

  #remove(entry) {
    const key = Acknowledgements.#key(entry.frame);
    if (this.#open.get(key) === entry) {
      this.#open.delete(key);
    }
  }

  /** Acknowledges by itself what was handled, several at once. */
  handled(message, link) {
    const own = this.#open.get(Acknowledgements.#key(message));
    if (own) {
      own.done = true;
    }
    this.#last = message;
    const wait = this.#flushedAt + ACK_PACE - Date.now();
    if (!link || ++this.#waiting >= this.#batch || wait <= 0) {
      this.flush(link);
    } else {
      this.#timer ??= later(() => this.flush(link), wait);
    }
  }

  flush(link) {
    const message = this.#flushed();
    if (message) {
      this.#flushedAt = Date.now();
      this.settle('ack', message, link).catch(this.#report);
    }
  }

  /** Answers the last one that was handled and not acknowledged; from now on there is none. */
  #flushed() {
    const message = this.#last;
    clearTimeout(this.#timer);
    this.#last = this.#timer = null;
    this.#waiting = 0;
    return message;
  }
}
