import { UsherError } from './errors.js';

/** How many handled messages one ACK covers at most. */
const BATCH = 32;

/** What a subscription with acknowledgements was handed and has not settled yet, in the order in which it came. */
export class Acknowledgements {
  /** By offset, or by id where there is none: the frame, the link it came by, and whether it was settled here. */
  #open = new Map();

  #cumulative;

  #report;

  #waiting = 0;

  #last = null;

  constructor(cumulative, report) {
    this.#cumulative = cumulative;
    this.#report = report;
  }

  static #key(frame) {
    return frame.headers.offset ?? frame.headers['message-id'];
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
    this.#last = null;
    this.#waiting = 0;
    messages.forEach((message) => this.#open.delete(message.headers.offset ?? message.id));
  }

  /** After the reader itself is gone nothing comes again. */
  clear() {
    this.#open.clear();
  }

  /** Says ACK or NACK for a message; in the mode `client` an ACK covers all before it. */
  async settle(verb, message, link) {
    const own = this.#open.get(message.headers.offset ?? message.id);
    if (!own) {
      return;
    }
    const covered = [...verb === 'ack' ? this.#before(own) : [], own];
    covered.forEach((each) => {
      each.done = verb === 'ack';
    });
    if (own.link !== link) {
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
  handled(message, link, idle) {
    const own = this.#open.get(message.headers.offset ?? message.id);
    if (own) {
      own.done = true;
    }
    this.#last = message;
    this.#waiting++;
    if (idle || !this.#cumulative || this.#waiting >= BATCH) {
      this.flush(link);
    }
  }

  flush(link) {
    const message = this.#last;
    this.#last = null;
    this.#waiting = 0;
    if (message) {
      this.settle('ack', message, link).catch(this.#report);
    }
  }
}
