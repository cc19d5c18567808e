import { UsherError } from './errors.js';
import { later, onAbort, randomText } from './events.js';
import { checkHeaders } from './link.js';

/** How much may be under way without a RECEIPT. */
const WINDOW = { messages: 64, bytes: 256 * 1024 };

const TYPES = { text: 'text/plain', json: 'application/json', bytes: 'application/octet-stream' };

function contentOf(body) {
  if (typeof body === 'string') {
    return ['text', body];
  }
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    // A copy: the application may go on with its own.
    return ['bytes', new Uint8Array(body.buffer ?? body, body.byteOffset, body.byteLength).slice()];
  }
  const text = JSON.stringify(body);
  if (text === undefined) {
    throw new UsherError('bad_request', 'The body is nothing that JSON has a word for.');
  }
  return ['json', text];
}

const publishedOf = (id, { offset, epoch, delivered, repeated }) => ({
  id,
  ...offset && { offset: Number(offset), epoch },
  ...delivered && { delivered: Number(delivered) },
  repeated: repeated === 'true',
});

/** What is published and not confirmed yet, in order. Each message has an id, so that to send it again is harmless. */
export class Outbox {
  #limits;

  #onChange;

  #queue = [];

  #bytes = 0;

  #sent = new Set();

  #sentBytes = 0;

  #link = null;

  #waitsSince = Infinity;

  #timer;

  constructor(limits, onChange) {
    this.#limits = { messages: 1000, bytes: 1024 * 1024, ttl: 60_000, ...limits };
    this.#onChange = onChange;
  }

  get size() {
    return this.#queue.length + this.#sent.size;
  }

  get connected() {
    return !!this.#link;
  }

  async publish(destination, body, { id = randomText(22), headers: given, contentType, ttlSeconds, signal }) {
    signal?.throwIfAborted();
    const [kind, content] = contentOf(body);
    const headers = { ...given, 'content-type': contentType ?? TYPES[kind], id, ...ttlSeconds != null && { ttl: ttlSeconds } };
    // The frame has its own.
    delete headers.receipt;
    delete headers['content-length'];
    checkHeaders(headers);
    const size = kind === 'bytes' ? content.length : new TextEncoder().encode(content).length;
    if (this.#queue.length >= this.#limits.messages || this.#bytes + size > this.#limits.bytes) {
      throw new UsherError('queue_full', 'Too much waits to be sent.');
    }
    let off;
    return new Promise((resolve, reject) => {
      const entry = {
        id, destination, content, size, headers, resolve, reject, since: Date.now(),
      };
      off = onAbort(signal, () => this.#take(entry) && reject(signal.reason));
      this.#queue.push(entry);
      this.#bytes += size;
      this.#flush();
      this.#watch();
      this.#onChange();
    }).finally(off);
  }

  /** Takes a waiting one out of the queue, if it is there. */
  #take(entry) {
    const index = this.#queue.indexOf(entry);
    if (index >= 0) {
      this.#queue.splice(index, 1);
      this.#bytes -= entry.size;
      this.#onChange();
    }
    return index >= 0;
  }

  /** Sends on this connection from now on: what was under way when the last one ended, then the rest. */
  start(link) {
    this.#link = link;
    link.onRoom = () => this.#flush();
    this.#watch();
    this.#flush();
  }

  #flush() {
    while (this.#link && this.#queue.length) {
      const [entry] = this.#queue;
      const fits = this.#sent.size < WINDOW.messages && this.#sentBytes + entry.size <= WINDOW.bytes;
      if ((this.#sent.size && !fits) || !this.#link.takes(entry.size)) {
        return;
      }
      this.#take(entry);
      this.#sent.add(entry);
      this.#sentBytes += entry.size;
      this.#send(entry, this.#link);
    }
  }

  async #send(entry, link) {
    try {
      const receipt = await link.send(entry.destination, entry.headers, entry.content);
      this.#forget(entry);
      entry.resolve(publishedOf(entry.id, receipt));
    } catch (error) {
      // By now it waits in the queue again, unless it could not be sent at all.
      if ((error.retry ?? 'no') === 'no') {
        this.#forget(entry);
        this.#take(entry);
        entry.reject(error);
      } else if (error.code !== 'connection_lost') {
        entry.error = error;
      }
    }
    this.#onChange();
    this.#flush();
  }

  #forget(entry) {
    if (this.#sent.delete(entry)) {
      this.#sentBytes -= entry.size;
    }
  }

  /** The connection is lost: what was not confirmed goes first on the next one. */
  lost() {
    this.#link = null;
    this.#queue.unshift(...this.#sent);
    this.#bytes += this.#sentBytes;
    this.#sent.clear();
    this.#sentBytes = 0;
    this.#watch();
  }

  /** From when on messages grow old in the queue: while nobody wants to be connected they wait for that. */
  grow(wanted) {
    this.#waitsSince = wanted ? Math.min(this.#waitsSince, Date.now()) : Infinity;
    this.#watch();
  }

  #watch() {
    clearTimeout(this.#timer);
    const [oldest] = this.#queue;
    if (oldest && this.#waitsSince < Infinity && !this.#link) {
      this.#timer = later(() => this.#expire(), this.#deadline(oldest) - Date.now());
    }
  }

  #deadline({ since }) {
    return Math.max(since, this.#waitsSince) + this.#limits.ttl;
  }

  #expire() {
    const now = Date.now();
    this.#queue.filter((entry) => this.#deadline(entry) <= now).forEach((entry) => {
      this.#take(entry);
      entry.reject(entry.error ?? new UsherError('queue_expired', 'There was no connection for too long.'));
    });
    this.#watch();
  }

  /** Gives everything up. */
  clear(error) {
    this.lost();
    this.#queue.splice(0).forEach((entry) => entry.reject(error));
    this.#bytes = 0;
    clearTimeout(this.#timer);
    this.#onChange();
  }
}
