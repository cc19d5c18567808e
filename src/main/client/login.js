import { UsherError } from './errors.js';
import { randomText } from './events.js';
import { margin } from './sources.js';
import { Tabs } from './tabs.js';

/** The length that the gateway asks of a `next`. */
const NEXT = 43;

/** One that knows what its successor will be is newer than one that does not. */
const age = ({ n, next }) => n + !!next / 2;

const newer = (login, than) => !than || (login.id === than.id ? age(login) > age(than) : login.at > than.at);

/**
 * A login at the gateway: its tokens, refreshed once for all tabs. What the refresh token will be is made here and told
 * to the other tabs before the gateway is asked, so that a lost answer or a tab that dies costs nothing.
 */
export class LoginSource {
  again = false;

  /** Settled once it is known, or stored, whether there is a login. */
  known;

  #http;

  #timeout;

  #store;

  #tabs;

  #keys;

  #login = null;

  /** The login that ended last: whoever still has it has not heard of that. */
  #dropped;

  /** The first question to the other tabs. */
  #asked;

  /** The access tokens that the connection and the calls over HTTP took last. */
  #linked = null;

  #called = null;

  #flight = null;

  #onChange;

  constructor({ http, timeout, store, tabs, keys, onChange }) {
    this.#http = http;
    this.#timeout = timeout;
    this.#store = store;
    this.#keys = keys;
    this.#onChange = onChange;
    // Tabs of a release of the page that knew no keys have another login.
    this.#tabs = tabs ? new Tabs(`usher ${http.base.href}${keys.there ? ' keys' : ''}`, (message) => this.#hear(message)) : null;
    this.#asked = this.#tabs?.ask(true);
    this.known = this.#find();
  }

  async #stored() {
    const login = JSON.parse(await this.#store?.load() ?? 'null');
    // One that was stored before there were keys is not bound, and one that is bound is worth nothing without them.
    return login?.refresh && (login.type === 'DPoP') === this.#keys.there ? login : null;
  }

  /** Takes what is stored, if that is newer. */
  async #find() {
    try {
      this.#adopt(await this.#stored());
    } catch (error) {
      // Whatever is stored there is no login.
      console.error(error);
    }
    if (!this.#login) {
      await this.#asked;
    }
  }

  /** Answers whether that was newer than ours. */
  #adopt(login) {
    const own = this.#login;
    if (!login || login.id === this.#dropped || !newer(login, own)) {
      return false;
    }
    this.#login = login;
    if (login.id !== own?.id) {
      this.#onChange({ id: login.id });
    }
    return true;
  }

  #hear({ type, login, id, n, next, code }) {
    const own = this.#login;
    if (type === 'ask' && own) {
      this.#tabs.say({ type: 'login', login: own });
    } else if (type === 'login' && this.#adopt(login)) {
      this.#keep();
    } else if (type === 'next' && own?.id === id && own.n === n) {
      own.next = next;
      this.#keep();
    } else if (type === 'out' && own?.id === id) {
      this.#forget();
      this.#onChange({ code });
    }
  }

  async #keep() {
    try {
      if (this.#login) {
        await this.#store?.save(JSON.stringify(this.#login));
      } else if ((await this.#stored())?.id === this.#dropped && !this.#login) {
        // A newer login, which we have not heard of yet, stays.
        await this.#store?.save(null);
      }
    } catch (error) {
      console.error(error);
    }
  }

  #forget() {
    this.#dropped = this.#login.id;
    this.#login = null;
    this.known = this.#keep();
  }

  async #take(answer, before) {
    const lifetime = answer.expires_in * 1000;
    this.#login = { ...before, type: answer.token_type, access: answer.access_token, refresh: answer.refresh_token, lifetime, until: Date.now() + lifetime };
    this.#tabs?.say({ type: 'login', login: this.#login });
    await this.#keep();
  }

  async login(credentials) {
    const answer = await this.#http.json('POST', 'auth/login', credentials, {}, this.#timeout);
    await this.#take(answer, { id: randomText(22), at: Date.now(), n: 0 });
  }

  async connectHeaders(reason) {
    this.#linked = await this.#token(reason, this.#linked);
    return { Authorization: `${this.#login.type ?? 'Bearer'} ${this.#linked}` };
  }

  async httpHeaders(method, reason = 'connect') {
    this.#called = await this.#token(reason, this.#called);
    return { Authorization: `${this.#login.type ?? 'Bearer'} ${this.#called}` };
  }

  /** An access token, refreshed where it is about to end, or where another one than the last is wanted and nobody has it yet. */
  async #token(reason, last) {
    await this.known;
    const login = this.#login;
    if (!login) {
      throw new UsherError('signed_out', 'Log in first.');
    }
    const stale = login.until - Date.now() < margin(login.lifetime);
    if (stale || (reason !== 'connect' && login.access === last)) {
      await this.#refresh(login);
    }
    return this.#login.access;
  }

  #refresh(login) {
    const work = () => this.#rotate(login);
    this.#flight ??= (this.#tabs ? this.#tabs.alone(work) : work()).finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  /** What other tabs know, or whoever else has the same store. */
  async #look() {
    await this.#find();
    await this.#asked;
    await this.#tabs?.ask();
  }

  async #rotate(before) {
    await this.#look();
    if (this.#changed(before)) {
      return;
    }
    const old = this.#login;
    if (!old.next) {
      old.next = randomText(NEXT);
      this.#tabs?.say({ type: 'next', id: old.id, n: old.n, next: old.next });
      await this.#keep();
    }
    try {
      const body = { refresh_token: old.refresh, next: old.next };
      const answer = await this.#http.json('POST', 'auth/refresh', body, {}, this.#timeout);
      if (!this.#changed(old)) {
        await this.#take(answer, { id: old.id, at: old.at, n: old.n + 1 });
      }
    } catch (error) {
      if (error.retry === 'login') {
        // Another tab may have been faster, where the lock was not to be had.
        await this.#look();
        if (this.#changed(old)) {
          return;
        }
        this.drop(error.code);
      }
      throw error;
    }
  }

  /** Whether there is another login or a newer token than that one. */
  #changed(old) {
    const { id, n } = this.#login ?? {};
    if (!this.#login) {
      throw new UsherError('signed_out', 'The login has ended.');
    }
    return id !== old.id || n !== old.n;
  }

  confirmed() {
  }

  /** Forgets the login, in all tabs. */
  drop(code) {
    if (this.#login) {
      this.#tabs?.say({ type: 'out', id: this.#login.id, code });
      this.#forget();
    }
  }

  close() {
    this.#tabs?.close();
  }
}
