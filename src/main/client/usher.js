import { UsherError, asUsherError, codeOf } from './errors.js';
import { checkPublish, checkSubscribe } from './destination.js';
import { Emitter, deferred, onAbort } from './events.js';
import { Http } from './http.js';
import { Keeper } from './keeper.js';
import { Keys } from './keys.js';
import { LoginSource } from './login.js';
import { Outbox } from './outbox.js';
import { CookieSource, TicketSource, TokenSource } from './sources.js';
import { Subscription } from './subscription.js';
import { Tabs } from './tabs.js';

const TIMEOUTS = { connect: 10_000, receipt: 15_000, refresh: 8_000, close: 5_000 };

/** The gateway's address: the given one, or where this module was loaded from. */
function baseOf(url) {
  const here = globalThis.location?.href;
  const base = new URL('.', new URL(String(url ?? import.meta.url).replace(/^ws/, 'http'), here));
  if (!/^https?:$/.test(base.protocol)) {
    throw new TypeError(`Name the gateway in the option url: this module was loaded from ${base.protocol}, not from it.`);
  }
  return base;
}

/** What the browser has for passkeys. */
function passkeysOf({ PublicKeyCredential } = globalThis) {
  if (!PublicKeyCredential?.parseCreationOptionsFromJSON) {
    throw new UsherError('no_passkeys', 'There are no passkeys here: that takes https or localhost, and a browser of 2025 or newer.');
  }
  return PublicKeyCredential;
}

/** One connection to one gateway, kept alive as one user. */
export class Usher {
  #options;

  #http;

  #source;

  #keeper;

  #outbox;

  #subscriptions = new Set();

  #events = new Emitter();

  #snapshot = null;

  /** The state that was told last. */
  #state = 'idle';

  #stale = false;

  #count = 0;

  #deaf = new AbortController();

  constructor(options = {}) {
    const base = baseOf(options.url);
    const timeouts = { ...TIMEOUTS, ...options.timeouts };
    const keys = new Keys(options.keys, base.href);
    this.#http = new Http(base, options.fetch, keys);
    this.#options = { ...options, timeouts, keys };
    this.#source = this.#sourceOf(this.#options, options.keys);
    this.#outbox = new Outbox(options.queue, () => this.#queued());
    const url = new URL('ws', base).href.replace(/^http/, 'ws');
    this.#keeper = new Keeper({ ...this.#options, url }, this.#source, this.#hooks());
    this.#listen();
  }

  #sourceOf({ token, ticket, cookie, store, timeouts, tabs, keys }, given) {
    if (token || ticket) {
      if (given === true) {
        throw new TypeError('keys: true is for those who log in at the gateway; here give the key pair that your tokens are bound to.');
      }
      return token ? new TokenSource(token, timeouts.connect, keys) : new TicketSource(ticket, timeouts.connect);
    }
    if (cookie) {
      return new CookieSource(this.#http, timeouts.refresh);
    }
    return new LoginSource({
      http: this.#http,
      timeout: timeouts.refresh,
      store,
      keys,
      // Two users in one process of Node are no two tabs of one browser.
      tabs: (tabs ?? typeof document === 'object') && Tabs.possible,
      onChange: ({ code }) => (code ? this.#keeper.loggedOut(code, true) : this.#keeper.loggedIn()),
    });
  }

  #hooks() {
    const all = (work) => [...this.#subscriptions].forEach(work);
    return {
      emit: (event, value) => this.#events.emit(event, value),
      changed: () => this.#changed(),
      wanted: (wanted) => this.#outbox.grow(wanted),
      connected: (link) => this.#resume(link),
      leaving: () => all((each) => each.flush()),
      lost: (heardAt) => {
        all((each) => each.lost(heardAt));
        this.#outbox.lost();
      },
      otherUser: () => {
        this.#outbox.clear(new UsherError('signed_out', 'Another user has logged in.'));
        all((each) => each.reset());
      },
      missed: (from) => all((each) => each.missed(from)),
    };
  }

  /** What is subscribed first, then what was not confirmed, then what waits. */
  async #resume(link) {
    this.#current = link;
    await Promise.all([...this.#subscriptions].map((each) => each.start(link)));
    if (this.#current === link && this.#keeper.state === 'connected') {
      this.#outbox.start(link);
    }
  }

  #current = null;

  #listen() {
    const on = (target, event, work) => target?.addEventListener?.(event, work, { signal: this.#deaf.signal });
    const { document } = globalThis;
    on(document, 'visibilitychange', () => document.visibilityState === 'visible' && this.#keeper.wake());
    on(document && globalThis, 'pageshow', () => this.#keeper.wake());
    on(document && globalThis, 'online', () => this.#keeper.wake(true));
  }

  #changed() {
    const { state } = this.#keeper;
    this.#snapshot = null;
    if (this.#state !== state) {
      this.#state = state;
      this.#events.emit('state', this.snapshot());
    }
    this.#events.emit('change');
  }

  /** Many messages of one task are one change. */
  #queued() {
    if (!this.#stale) {
      this.#stale = true;
      queueMicrotask(() => {
        this.#stale = false;
        this.#changed();
      });
    }
  }

  snapshot = () => {
    const { state, user, error, retryAt, attempt } = this.#keeper;
    this.#snapshot ??= Object.freeze({ state, user, error, retryAt, attempt, queued: this.#outbox.size });
    return this.#snapshot;
  };

  onChange = (listener) => this.#events.on('change', () => listener());

  subscribeState = (listener) => {
    listener(this.snapshot());
    return this.onChange(() => listener(this.snapshot()));
  };

  on(event, listener) {
    return this.#events.on(event, listener);
  }

  #checkOpen() {
    if (this.#deaf.signal.aborted) {
      throw new UsherError('closed', 'close() was called.');
    }
  }

  async connect({ signal } = {}) {
    this.#checkOpen();
    signal?.throwIfAborted();
    const over = deferred();
    const off = onAbort(signal, () => {
      this.disconnect();
      over.reject(signal.reason);
    });
    await Promise.race([this.#keeper.connect(), over.promise]).finally(off);
  }

  disconnect({ timeout = TIMEOUTS.close } = {}) {
    const drained = () => new Promise((resolve) => {
      const look = () => {
        if (!this.#outbox.size) {
          off();
          resolve();
        }
      };
      const off = this.onChange(look);
      look();
    });
    return this.#keeper.disconnect(timeout, drained);
  }

  subscribe(destination, handler, options) {
    const given = typeof handler === 'function' ? { ...options, onMessage: handler } : { ...handler };
    const subscription = new Subscription(`s${++this.#count}`, destination, given, {
      gap: (gap) => this.#events.emit('gap', gap),
      ended: (each) => this.#subscriptions.delete(each),
    });
    try {
      this.#checkOpen();
      checkSubscribe(destination);
    } catch (error) {
      subscription.fail(error);
      return subscription;
    }
    if (subscription.state === 'pending') {
      this.#subscriptions.add(subscription);
      if (this.#keeper.state === 'connected') {
        subscription.start(this.#current);
      }
    }
    return subscription;
  }

  async publish(destination, body, options = {}) {
    this.#checkOpen();
    checkPublish(destination);
    if (options.queue === false && this.#keeper.state !== 'connected') {
      throw new UsherError('connection_lost', 'There is no connection now.');
    }
    return this.#outbox.publish(destination, body, options);
  }

  #checkLogin() {
    if (!this.#source.login) {
      throw new TypeError('login() is for those who log in at the gateway; here token() or ticket() gives the credential.');
    }
  }

  async login(credentials) {
    this.#checkLogin();
    await this.#source.login(credentials);
    try {
      const me = await this.me();
      this.#keeper.becomes(me.username);
      return me;
    } finally {
      this.#keeper.loggedIn();
    }
  }

  async loginWithPasskey({ device, ...how } = {}) {
    this.#checkLogin();
    const passkeys = passkeysOf();
    const options = await this.#http.json('POST', 'auth/login/options', null, {}, this.#options.timeouts.refresh);
    const publicKey = passkeys.parseRequestOptionsFromJSON(options);
    const credential = await navigator.credentials.get({ publicKey, ...how });
    return this.login({ passkey: credential.toJSON(), device });
  }

  async registerPasskey({ name } = {}) {
    const options = await this.#call('POST', 'auth/passkeys/options');
    const publicKey = passkeysOf().parseCreationOptionsFromJSON(options);
    const credential = await navigator.credentials.create({ publicKey });
    return this.#call('POST', 'auth/passkeys', { credential: credential.toJSON(), name });
  }

  passkeys() {
    return this.#call('GET', 'auth/passkeys');
  }

  removePasskey(id) {
    return this.#call('DELETE', `auth/passkeys/${encodeURIComponent(id)}`);
  }

  async logout({ everywhere = false } = {}) {
    this.#keeper.farewell = 'signed_out';
    try {
      await (everywhere ? this.#call('DELETE', 'auth/sessions') : this.#call('POST', 'auth/logout'));
    } finally {
      this.#keeper.loggedOut('signed_out', false);
      this.#keeper.farewell = null;
      await this.#source.known;
    }
  }

  async me() {
    const { username, roles, session_id: sessionId = null } = await this.#call('GET', 'auth/me');
    return { username, roles, sessionId };
  }

  sessions() {
    return this.#call('GET', 'auth/sessions');
  }

  endSession(id) {
    return this.#call('DELETE', `auth/sessions/${encodeURIComponent(id)}`);
  }

  changePassword(current, next) {
    return this.#call('POST', 'auth/password', { current_password: current, new_password: next });
  }

  #call(method, path, body) {
    return this.#http.json(method, path, body, {}, this.#options.timeouts.receipt, (...all) => this.fetch(...all));
  }

  async fetch(path, init = {}) {
    const answer = await this.#credentialed(path, init, 'connect');
    if (answer.status !== 401) {
      return answer;
    }
    return ['token_expired', 'unauthorized'].includes(await codeOf(answer)) ? this.#credentialed(path, init, 'refused') : answer;
  }

  async #credentialed(path, init, reason) {
    const { method = 'GET' } = init;
    try {
      const own = await this.#source.httpHeaders(method, reason);
      const headers = { ...Object.fromEntries(new Headers(init.headers)), ...own };
      return await this.#http.raw(path, { credentials: this.#source.credentials ?? 'omit', ...init, method, headers });
    } catch (error) {
      if (error.retry === 'login' && error.code !== 'signed_out') {
        this.#keeper.loggedOut(error.code, false);
      }
      throw error instanceof UsherError || init.signal?.aborted ? error : asUsherError(error);
    }
  }

  close() {
    const error = new UsherError('closed', 'close() was called.');
    this.#deaf.abort();
    this.#keeper.close();
    this.#outbox.clear(error);
    [...this.#subscriptions].forEach((each) => each.fail(error));
    this.#source.close();
  }
}
