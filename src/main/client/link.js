import { FrameImpl, Parser } from '@stomp/stompjs';
import { UsherError, errorOfFrame } from './errors.js';
import { atMost, deferred, later } from './events.js';

const HEART_BEAT = 10_000;

/** How long after an ERROR its close may take. */
const CLOSE_WAIT = 1_000;

const SECRETS = /^(authorization|passcode|ticket|x-xsrf-token|dpop):.*$/gim;

/** What is sent in a second at most, below what a gateway allows a connection by default (1000 frames, 1 MiB). */
const PACE = { frames: 800, bytes: 800 * 1024 };

/** After so many frames the rest of the second is for publishes: however much is acknowledged, they have their turn. */
const IN_TURN = 700;

const OPEN = 1;

const ESCAPED = { '\\r': '\r', '\\n': '\n', '\\c': ':', '\\\\': '\\' };

/** Refuses what no frame can carry: stompjs escapes no names, and nothing escapes a NUL. */
export function checkHeaders(headers) {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!-9;-~]+$/.test(name) || `${value}`.includes('\0')) {
      throw new UsherError('bad_request', `The header ${JSON.stringify(name)} has a sign that cannot be sent.`);
    }
  }
}

/** A frame as it came: stompjs's own way trims what headers say, and reads an escaped backslash before a letter as another sign. */
function frameOf({ command, headers: lines, binaryBody }) {
  const read = (text) => (command === 'CONNECTED' ? text : text.replace(/\\[rnc\\]/g, (each) => ESCAPED[each]));
  // Of a name that is there twice the first counts.
  const headers = Object.fromEntries(lines.reverse().map((line) => line.map(read)));
  return new FrameImpl({ command, headers, binaryBody });
}

/** One WebSocket with its STOMP session, until it ends. It never comes back: the next try is another link. */
export class Link {
  heardAt = 0;

  #options;

  #socket;

  #receipts = new Map();

  #subscriptions = new Map();

  #count = 0;

  #timers = {};

  #opened = false;

  #connected = false;

  #ended = false;

  #error = null;

  #refused;

  #sentAt = 0;

  /** Called when there may be room for a publish again. */
  onRoom() {}

  /** What sends the frames that wait for their turn, in order. */
  #waiting = [];

  /** How much was sent in the second that began then. */
  #second = { begin: 0, frames: 0, bytes: 0 };

  /** How often a beat is due in each direction; 0 for never. */
  #beats = [0, 0];

  constructor(options) {
    this.#options = options;
    const { url, WebSocket, timeouts } = options;
    this.#socket = new WebSocket(url, ['v12.stomp']);
    this.#timers.connect = later(() => this.kill('timeout', 'No CONNECTED in time.'), timeouts.connect);
    const parser = new Parser((raw) => this.#onFrame(frameOf(raw)), () => {});
    Object.assign(this.#socket, {
      binaryType: 'arraybuffer',
      onopen: () => this.#onOpen(),
      onmessage: ({ data }) => {
        parser.parseChunk(data);
        this.#onData();
      },
      onclose: (event) => this.#end(event),
      // The close says it all. In Node an error that nobody listens to would end the process.
      onerror() {},
    });
  }

  #onOpen() {
    this.#opened = true;
    const beats = `${HEART_BEAT},${HEART_BEAT}`;
    this.#write(this.#serialized('CONNECT', { 'accept-version': '1.2', 'heart-beat': beats, ...this.#options.headers }));
  }

  #serialized(command, headers, body) {
    const content = typeof body === 'string' ? { body } : { binaryBody: body };
    const frame = new FrameImpl({ command, headers, ...content });
    this.#log('>>>', frame);
    return frame.serialize();
  }

  #write(data) {
    if (this.#socket.readyState === OPEN) {
      this.#sentAt = Date.now();
      this.#second.frames++;
      this.#socket.send(data);
    }
  }

  #log(direction, frame) {
    const { log } = this.#options;
    const line = log && `${direction} ${`${frame}`.replace(SECRETS, '$1:…')}${frame.body}`;
    try {
      log?.(line);
    } catch (error) {
      console.error(error);
    }
  }

  #onFrame(frame) {
    const { command, headers } = frame;
    this.#log('<<<', frame);
    if (command === 'MESSAGE') {
      this.#subscriptions.get(headers.subscription)?.(frame);
    } else if (command === 'RECEIPT') {
      const id = headers['receipt-id'];
      const receipt = this.#receipts.get(id);
      this.#receipts.delete(id);
      receipt?.resolve(headers);
    } else if (command === 'CONNECTED') {
      this.#onConnected(headers);
    } else if (command === 'ERROR') {
      this.#error ??= errorOfFrame(headers);
      this.#refused = headers['receipt-id'];
      this.#timers.close = later(() => this.#drop(), CLOSE_WAIT);
    }
  }

  #onConnected(headers) {
    clearTimeout(this.#timers.connect);
    this.#connected = true;
    this.#beats = (headers['heart-beat'] ?? '0,0').split(',').map((beat) => Number(beat) && Math.max(HEART_BEAT, beat)).reverse();
    this.heardAt = Date.now();
    const often = Math.min(...this.#beats.filter(Boolean));
    if (often < Infinity) {
      this.#timers.beat = setInterval(() => this.#beat(), often);
    }
    this.#options.onConnected(headers);
  }

  #beat() {
    const [out, back] = this.#beats;
    if (back && Date.now() - this.heardAt > 2 * back) {
      this.kill('heartbeat_lost', 'The gateway has been silent for too long.');
    } else if (out && Date.now() - this.#sentAt >= out / 2) {
      this.#write('\n');
    }
  }

  /**
   * Whatever arrives is answered by a beat when nothing was sent for a while: timers of a hidden page stand still, and
   * what the gateway sends does not.
   */
  #onData() {
    this.heardAt = Date.now();
    if (this.#connected && !this.#ended) {
      this.#beat();
      this.#sendMore();
      this.#options.onData();
    }
  }

  #end({ code = 0, reason } = {}) {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    Object.values(this.#timers).forEach(clearTimeout);
    const error = this.#error ?? (code >= 4000 && code < 5000 && reason ? errorOfFrame({ code: reason })
      : this.#opened ? new UsherError('connection_lost', 'The connection was lost.')
        : new UsherError('unreachable', 'The gateway could not be reached, or does not let this page in.'));
    const refused = this.#receipts.get(this.#refused);
    this.#receipts.delete(this.#refused);
    this.#options.onEnd({ error, mine: !!refused, close: code, connected: this.#connected });
    refused?.reject(error);
    const lost = Link.#lost();
    this.#receipts.forEach(({ reject }) => reject(lost));
    this.#receipts.clear();
    this.#sendAll();
  }

  static #lost() {
    return new UsherError('connection_lost', 'The connection was lost before the gateway had confirmed.');
  }

  /** Does not wait for the other side, which may be gone. */
  #drop(code) {
    Object.assign(this.#socket, { onopen: null, onmessage: null, onclose: null });
    this.#socket.close();
    this.#end({ code });
  }

  /** Ends it without a word. */
  kill(code, message, retryAfter) {
    this.#error ??= new UsherError(code, message, { retryAfter });
    this.#drop();
  }

  /** Says DISCONNECT and resolves once it was answered, or the time is up. */
  async close(timeout) {
    if (this.#connected) {
      // At once: a gateway lets a connection be faster for a moment.
      this.#sendAll();
      await atMost(timeout, this.#ask('DISCONNECT', {}).catch(() => {}));
    }
    this.#drop(1000);
  }

  /** Sends a frame with a receipt; resolves with the RECEIPT's headers, rejects with what refused it or ended the connection. */
  async #ask(command, headers, body) {
    if (this.#ended) {
      throw Link.#lost();
    }
    checkHeaders(headers);
    const id = String(++this.#count);
    const asked = deferred();
    // Before all headers: of a frame that is refused in its middle the gateway knows what it has read. Names that are
    // numbers would come first of an object.
    const data = this.#serialized(`${command}\nreceipt:${id}`, headers, body);
    this.#receipts.set(id, { ...asked, at: Date.now() });
    this.#write(data);
    this.#timers.receipt ??= later(() => this.#checkReceipts(), this.#options.timeouts.receipt);
    return asked.promise;
  }

  /** As #ask, but not before those that came first, nor faster than the pace. */
  #inTurn(command, headers) {
    const { promise, resolve } = deferred();
    this.#waiting.push(() => resolve(this.#ask(command, headers)));
    this.#sendWaiting();
    return promise;
  }

  #sendWaiting() {
    while (this.#waiting.length && this.#hasRoom(IN_TURN)) {
      this.#waiting.shift()();
    }
  }

  #sendAll() {
    this.#waiting.splice(0).forEach((send) => send());
  }

  /** When a second is over, and when anything arrives: timers of a hidden page stand still. */
  #sendMore() {
    this.#sendWaiting();
    this.onRoom();
  }

  /** Whether fewer frames than that were sent in this second. If not, there is more room in the next. */
  #hasRoom(most) {
    const now = Date.now();
    // A clock may be set back.
    if (Math.abs(now - this.#second.begin) >= 1000) {
      this.#second = { begin: now, frames: 0, bytes: 0 };
    }
    const { begin, frames, bytes } = this.#second;
    const room = frames < most && bytes < PACE.bytes;
    if (!room) {
      this.#timers.pace ??= later(() => {
        this.#timers.pace = undefined;
        this.#sendMore();
      }, begin + 1000 - now);
    }
    return room;
  }

  /** Whether a publish of this size may be sent now, behind what waits; if so it counts as sent. */
  takes(size) {
    this.#sendWaiting();
    const room = this.#hasRoom(PACE.frames);
    this.#second.bytes += room ? size : 0;
    return room;
  }

  #checkReceipts() {
    this.#timers.receipt = undefined;
    const [oldest] = this.#receipts.values();
    if (oldest) {
      const left = oldest.at + this.#options.timeouts.receipt - Date.now();
      if (left <= 0) {
        this.kill('timeout', 'No RECEIPT in time.');
      } else {
        this.#timers.receipt = later(() => this.#checkReceipts(), left);
      }
    }
  }

  send(destination, headers, body) {
    return this.#ask('SEND', { ...headers, destination }, body);
  }

  subscribe(destination, headers, onFrame) {
    this.#subscriptions.set(headers.id, onFrame);
    return this.#inTurn('SUBSCRIBE', { ...headers, destination });
  }

  unsubscribe(headers) {
    this.#subscriptions.delete(headers.id);
    return this.#inTurn('UNSUBSCRIBE', headers);
  }

  /** Says ACK or NACK. */
  settle(verb, { headers }) {
    return this.#inTurn(verb.toUpperCase(), { id: headers.ack });
  }

  /** Whether the other side is still there: asked for after a sleep, when the socket itself does not know. */
  async probe(wait) {
    const timer = this.#timers.probe = later(() => this.kill('connection_lost', 'The connection did not survive.', 0), wait);
    await this.send('/app/ping').catch(() => {});
    clearTimeout(timer);
  }
}
