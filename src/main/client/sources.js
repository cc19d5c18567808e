import { UsherError, asUsherError } from './errors.js';
import { later } from './events.js';

/** How long before its end a credential is not good enough for a new connection. */
export const margin = (lifetime) => Math.min(60_000, lifetime / 3);

/** Calls an application's own function, once at a time, and gives it up when it takes too long. */
function single(ask, timeout) {
  let flight = null;
  return (reason) => {
    flight ??= new Promise((resolve, reject) => {
      const control = new AbortController();
      const timer = later(() => {
        control.abort();
        reject(new UsherError('timeout', `No credential within ${timeout} ms.`));
      }, timeout);
      Promise.resolve().then(() => ask({ reason, signal: control.signal }))
        .then(resolve, (error) => reject(asUsherError(error, 'No credential could be had')))
        .finally(() => clearTimeout(timer));
    }).then((value) => {
      if (!value) {
        throw new UsherError('signed_out', 'There is no credential: the application has none to give.');
      }
      return value;
    }).finally(() => {
      flight = null;
    });
    return flight;
  };
}

/** Tokens of the application's own identity provider. */
export class TokenSource {
  /** Whether a credential that was refused gets one more try. */
  again = true;

  #ask;

  #scheme;

  #token = null;

  #until = 0;

  #margin = 0;

  constructor(ask, timeout, keys) {
    this.#ask = single(ask, timeout);
    this.#scheme = keys.there ? 'DPoP' : 'Bearer';
  }

  async connectHeaders(reason) {
    return this.httpHeaders('GET', reason);
  }

  async httpHeaders(method, reason = 'connect') {
    if (reason !== 'connect' || !this.#token || this.#until - Date.now() < this.#margin) {
      this.#token = await this.#ask(reason);
      // How long it lives, CONNECTED will say.
      this.confirmed(90_000);
    }
    return { Authorization: `${this.#scheme} ${this.#token}` };
  }

  confirmed(lifetime) {
    this.#until = Date.now() + lifetime;
    this.#margin = margin(lifetime);
  }

  drop() {
    this.#token = null;
  }

  close() {
  }
}

/** Tickets, which work once: there is nothing to keep. */
export class TicketSource {
  again = true;

  #ask;

  constructor(ask, timeout) {
    this.#ask = single(ask, timeout);
  }

  async connectHeaders(reason) {
    return { ticket: await this.#ask(reason === 'renew' ? 'renew' : 'connect') };
  }

  async httpHeaders() {
    throw new UsherError('signed_out', 'A ticket opens a connection and makes no calls over HTTP.');
  }

  confirmed() {
  }

  drop() {
  }

  close() {
  }
}

/** The session cookie of the gateway's own origin, which no script sees; the script shows that it is of that origin. */
export class CookieSource {
  again = false;

  credentials = 'same-origin';

  #http;

  #timeout;

  constructor(http, timeout) {
    this.#http = http;
    this.#timeout = timeout;
  }

  #token() {
    const [, token] = document.cookie.match(/(?:^|;\s)XSRF-TOKEN=([^;]*)/) ?? [];
    if (!token) {
      throw new UsherError('signed_out', 'Log in first: there is no session cookie.');
    }
    return { 'X-XSRF-TOKEN': token };
  }

  /** A live connection goes on with a ticket: the cookie is looked at in the handshake alone. */
  async connectHeaders(reason) {
    if (reason !== 'renew') {
      return this.#token();
    }
    const init = { credentials: this.credentials, headers: this.#token() };
    return { ticket: (await this.#http.json('POST', 'auth/tickets', null, init, this.#timeout)).ticket };
  }

  async httpHeaders(method) {
    return method === 'GET' || method === 'HEAD' ? {} : this.#token();
  }

  async login(credentials) {
    await this.#http.json('POST', 'auth/login', { ...credentials, cookie: true }, { credentials: this.credentials },
      this.#timeout);
  }

  confirmed() {
  }

  drop() {
  }

  close() {
  }
}
