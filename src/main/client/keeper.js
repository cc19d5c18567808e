import { UsherError, asUsherError } from './errors.js';
import { atMost, deferred, later } from './events.js';
import { Link } from './link.js';
import { margin } from './sources.js';

/** After so long a connection counts as a success, and the next failure as the first. */
const CALM = 30_000;

const PROBE_WAIT = 3_000;

/** How many refused frames in a minute are taken back at once. */
const REFUSALS = 5;

/** Keeps one connection: when to try, with what credential, when to give up, when to renew. */
export class Keeper {
  state = 'idle';
  user = null;
  error = null;
  retryAt = null;
  attempt = 0;

  /** What a login ends with that is being ended here: its connection may hear of it first. */
  farewell = null;

  #options;
  #hooks;
  #source;
  #wanted = false;
  #first = null;
  #leaving = null;
  #link = null;
  #run = 0;
  #timer;
  #failures = 0;
  #spread = 0;
  #connectedAt = null;
  #tried = false;
  #told = false;
  #challenged = false;
  #refusals = [];
  #renewal = {};

  constructor(options, source, hooks) {
    this.#options = options;
    this.#source = source;
    this.#hooks = hooks;
  }

  #set(values) {
    Object.assign(this, values);
    this.#hooks.changed();
  }

  /** Wants to be connected. Resolves when that has come true. */
  connect() {
    this.#wanted = true;
    const { promise } = this.#first ??= deferred();
    this.#heed();
    return promise;
  }

  /** Does what is wanted, once nothing is being ended. */
  #heed() {
    this.#hooks.wanted(this.#wanted);
    if (this.#leaving) {
      return;
    }
    if (!this.#wanted) {
      this.#settle('reject', new UsherError('closed', 'disconnect() was called.'));
    } else if (this.state === 'connected') {
      this.#settle('resolve');
    } else if (['idle', 'signedout', 'refused'].includes(this.state)) {
      this.#tried = false;
      this.#try('connect');
    }
  }

  /** Tells those who wait for connect(). */
  #settle(how, error) {
    this.#first?.[how](error);
    this.#first = null;
  }

  /** Whoever is connected, or has logged in to be: what the last one had is not for them. */
  becomes(user) {
    if (this.user !== null && this.user !== user) {
      this.#hooks.otherUser();
    }
    this.#set({ user });
  }

  /** There is another login: whoever waits for one tries, and who is connected by the last comes again. */
  loggedIn() {
    this.#tried = false;
    if (this.#link) {
      this.#link.kill('connection_lost', 'There is another login.', 0);
    } else if (this.#wanted && this.state !== 'connecting') {
      this.#try('connect');
    }
  }

  loggedOut(code, byTab) {
    this.#lose()?.close(this.#options.timeouts.close);
    this.#signedOut(new UsherError(code, 'The login has ended.', { retry: 'login' }), byTab);
  }

  /** Answers the connection, which is ours no more; what it missed, it missed since it was heard last. */
  #lose() {
    this.#run++;
    clearTimeout(this.#timer);
    clearTimeout(this.#renewal.timer);
    const link = this.#link;
    this.#link = null;
    this.#hooks.lost(link?.heardAt);
    return link;
  }

  #signedOut(error, byTab = false) {
    const known = this.state === 'signedout';
    this.#source.drop(error.code);
    this.#stay('signedout', error);
    if (!known) {
      this.#hooks.emit('signedout', { code: this.farewell ?? error.code, byTab });
    }
  }

  /** Waits for a person. */
  #stay(state, error) {
    this.#set({ state, error, retryAt: null });
    this.#settle('reject', error);
  }

  async #try(reason) {
    const run = ++this.#run;
    clearTimeout(this.#timer);
    this.#set({ state: 'connecting', retryAt: null, attempt: this.attempt + 1 });
    try {
      const { url, WebSocket = globalThis.WebSocket, timeouts, log, keys } = this.#options;
      if (!WebSocket) {
        throw new UsherError('no_websocket', 'There is no WebSocket here. Node 22 has one, Node 20 with --experimental-websocket; '
          + 'or give one in the option WebSocket, such as that of the package ws.');
      }
      const headers = await keys.prove('CONNECT', url, await this.#source.connectHeaders(reason));
      if (run !== this.#run) {
        return;
      }
      this.#link = new Link({
        url, WebSocket, headers, timeouts, log,
        onConnected: (connected) => run === this.#run && this.#connected(connected),
        onData: () => this.#renewIfDue(),
        onEnd: (end) => run === this.#run && this.#ended(end),
      });
    } catch (error) {
      if (run === this.#run) {
        this.#ended({ error: asUsherError(error) });
      }
    }
  }

  #connected(headers) {
    const { 'user-name': user } = headers;
    const [attempt, resumed] = [this.attempt, this.#connectedAt !== null];
    const expiresIn = (headers['expires-in'] ?? Infinity) * 1000;
    this.#spread = (headers['retry-spread'] ?? 0) * 1000;
    this.#connectedAt = Date.now();
    this.#tried = false;
    this.becomes(user);
    this.#confirmed(expiresIn);
    this.#link.subscribe('/user/topic/session', { id: 'usher' }, ({ body }) => this.#notice(JSON.parse(body))).catch(() => {});
    // First, so that what a listener subscribes now is subscribed here.
    this.#hooks.connected(this.#link);
    this.#set({ state: 'connected', error: null, retryAt: null, attempt: 0 });
    this.#hooks.emit('connected', { user, expiresIn, resumed, attempt });
    this.#settle('resolve');
  }

  #ended({ error, mine = false, close = 0, connected = false }) {
    this.#lose();
    if (!this.#wanted) {
      this.#set({ state: 'idle', error: null });
      return;
    }
    this.#challenged = this.#options.keys.heed(error) && !this.#challenged;
    if (this.#challenged) {
      this.#try('connect');
      return;
    }
    if (connected && Date.now() - this.#connectedAt >= CALM) {
      this.#failures = 0;
    }
    const { wait, state = 'waiting', reason = 'connect' } = this.#plan(error, mine, connected);
    const retryAt = wait === undefined ? null : Date.now() + wait;
    if (connected) {
      this.#hooks.emit('disconnected', { code: error.code, close, message: error.message, retryAt });
    }
    this.#hooks.emit('error', error);
    if (state === 'signedout') {
      this.#signedOut(error);
    } else if (state === 'refused') {
      this.#stay(state, error);
    } else {
      this.#wait(error, wait, reason);
    }
  }

  /** What becomes of it: a wait and why, or a state that needs a person. */
  #plan(error, mine, connected) {
    const again = !this.#tried && (error.retry === 'refresh' || (error.retry === 'login' && this.#source.again));
    if (again) {
      this.#tried = true;
      return { wait: 0, reason: 'refused' };
    }
    if (error.retry === 'login') {
      return { state: 'signedout' };
    }
    this.#told = error.retryAfter >= 0;
    if (error.retry === 'no') {
      // A newer token may allow less: which subscription it was the next SUBSCRIBE will tell.
      if (!mine && !(connected && error.code === 'forbidden')) {
        return { state: 'refused' };
      }
      const now = Date.now();
      this.#refusals = [...this.#refusals.filter((at) => at > now - 60_000), now];
      if (this.#refusals.length <= REFUSALS) {
        return { wait: 0 };
      }
    }
    const wait = this.#told ? error.retryAfter * (1 + Math.random() / 10) : this.#backoff();
    return { wait, reason: error.retry === 'refresh' ? 'refused' : 'connect' };
  }

  /** Full jitter over a window that doubles, never narrower than the gateway asks. */
  #backoff() {
    const { first = 500, max = 60_000 } = this.#options.backoff ?? {};
    return Math.random() * Math.min(max, Math.max(first, this.#spread) * 2 ** this.#failures++);
  }

  #wait(error, wait, reason) {
    if (globalThis.navigator?.onLine === false) {
      this.#set({ state: 'offline', error, retryAt: null });
    } else if (wait === 0) {
      this.error = error;
      this.#try(reason);
    } else {
      this.#set({ state: 'waiting', error, retryAt: Date.now() + wait });
      this.#timer = later(() => this.#try(reason), wait);
    }
  }

  /** The page is seen again, or there is a network: look at once, where nobody has said to wait. */
  wake(online) {
    const due = this.state === 'offline' || (this.state === 'waiting' && (Date.now() >= this.retryAt || (online && !this.#told)));
    if (this.state === 'connected') {
      this.#link?.probe(PROBE_WAIT);
    } else if (due) {
      this.#try('connect');
    }
  }

  #confirmed(expiresIn) {
    this.#source.confirmed(expiresIn);
    const before = this.#renewal.before = margin(expiresIn) * (0.9 + Math.random() / 5);
    this.#renewAt(Date.now() + Math.max(expiresIn - before, 1000));
  }

  #renewAt(time) {
    clearTimeout(this.#renewal.timer);
    this.#renewal.at = time;
    this.#renewal.timer = time < Infinity ? later(() => {
      this.#renewal.timer = undefined;
      this.#renewIfDue();
    }, time - Date.now()) : undefined;
  }

  /** Asked by a timer and by whatever arrives: the timer of a hidden page may be a minute late. */
  #renewIfDue() {
    if (this.state === 'connected' && !this.#renewal.busy) {
      if (Date.now() >= this.#renewal.at) {
        this.#renew(this.#link);
      } else if (!this.#renewal.timer) {
        this.#renewAt(this.#renewal.at);
      }
    }
  }

  /** A newer token on the live connection, so that nothing is lost at the end of the old one. */
  async #renew(link) {
    this.#renewal.busy = true;
    try {
      const headers = await this.#source.connectHeaders('renew');
      if (link !== this.#link) {
        return;
      }
      const expiresIn = (await link.send('/app/auth', headers))['expires-in'] * 1000;
      this.#confirmed(expiresIn);
      this.#hooks.emit('renewed', { expiresIn });
    } catch (error) {
      if (link === this.#link && error.retry === 'login') {
        this.loggedOut(error.code, false);
      } else if (link === this.#link) {
        this.#renewAt(Date.now() + Math.max(1000, error.retryAfter ?? 0, this.#renewal.before / 10));
      }
    } finally {
      this.#renewal.busy = false;
    }
  }

  #notice({ event, expires_in: expiresIn, seconds }) {
    // Early, for a token that lives shorter than the notice: then it is not time yet.
    if (event === 'expiring' && expiresIn * 1000 <= this.#renewal.before * 1.2) {
      this.#renewal.at = 0;
      this.#renewIfDue();
    } else if (event === 'gap') {
      this.#hooks.missed(new Date(Date.now() - seconds * 1000));
    }
  }

  /** Wants no connection any more. One that is wanted again in the same task was never given up. */
  disconnect(timeout, drained) {
    this.#wanted = false;
    this.#leaving ??= new Promise((resolve) => later(resolve, 0)).then(() => this.#leave(timeout, drained)).finally(() => {
      this.#leaving = null;
      this.#heed();
    });
    return this.#leaving;
  }

  async #leave(timeout, drained) {
    if (this.#wanted) {
      return;
    }
    this.#hooks.wanted(false);
    const end = Date.now() + timeout;
    if (this.state === 'connected') {
      await atMost(timeout, drained());
    }
    this.#hooks.leaving();
    await this.#lose()?.close(Math.max(end - Date.now(), 0));
    this.#set({ state: 'idle', error: null, retryAt: null, attempt: 0 });
  }

  /** Ends at once. */
  close() {
    this.#wanted = false;
    this.#hooks.leaving();
    this.#lose()?.close(this.#options.timeouts.close);
    this.#settle('reject', new UsherError('closed', 'close() was called.'));
    this.#set({ state: 'idle' });
  }
}
