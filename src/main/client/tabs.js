import { deferred, later } from './events.js';

const LOCK_WAIT = 10_000;

const ANSWER_WAIT = 150;

/** The other tabs of this origin: what they say, and whose turn it is. */
export class Tabs {
  #channel;

  #name;

  #heard = false;

  #answered;

  constructor(name, onMessage) {
    this.#name = name;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => {
      this.#heard = true;
      onMessage(data);
      // A hidden page would wait for a minute: there the first answer will do.
      if (data.login && globalThis.document?.hidden) {
        this.#answered?.();
      }
    };
  }

  static get possible() {
    return typeof BroadcastChannel === 'function' && !!globalThis.navigator?.locks;
  }

  say(message) {
    this.#channel.postMessage(message);
  }

  /** Asks what the others know and gives them time to answer; once anybody was heard, or where it is the first question. */
  async ask(first) {
    if (first || this.#heard) {
      this.#heard = false;
      const { promise, resolve } = deferred();
      this.#answered = resolve;
      later(resolve, ANSWER_WAIT);
      this.say({ type: 'ask' });
      await promise;
    }
  }

  /** One tab at a time. A tab that the browser has frozen may hold the lock for good, so the wait ends. */
  async alone(work) {
    const control = new AbortController();
    const timer = later(() => control.abort(), LOCK_WAIT);
    let mine = false;
    try {
      return await navigator.locks.request(this.#name, { signal: control.signal }, () => {
        mine = true;
        clearTimeout(timer);
        return work();
      });
    } catch (error) {
      if (mine) {
        throw error;
      }
      return work();
    } finally {
      clearTimeout(timer);
    }
  }

  close() {
    this.say = () => {};
    this.#channel.close();
  }
}
