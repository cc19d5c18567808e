import { UsherError, asUsherError, errorOfResponse } from './errors.js';
import { later } from './events.js';

/** Calls to the gateway, and to nobody else. */
export class Http {
  #fetch;

  #keys;

  constructor(base, fetcher, keys) {
    this.base = base;
    this.#keys = keys;
    this.#fetch = fetcher ?? ((...all) => fetch(...all));
  }

  /** As fetch does, to a path of the gateway. No credential ever goes to another origin. */
  async raw(path, init, again = true) {
    const url = new URL(path, this.base);
    if (url.origin !== this.base.origin) {
      throw new UsherError('bad_request', `${path} is not on the gateway ${this.base.origin}.`);
    }
    const headers = await this.#keys.prove(init.method, url.href, init.headers);
    const response = await this.#fetch(url.href, { credentials: 'omit', cache: 'no-store', ...init, headers });
    return await this.#keys.challenged(response) && again ? this.raw(path, init, false) : response;
  }

  /** Sends JSON, by another call than raw() if one is given, and answers what came back, null where nothing did. */
  async json(method, path, body, init, timeout, call = (...all) => this.raw(...all)) {
    const control = new AbortController();
    const { signal } = control;
    const timer = later(() => control.abort(), timeout);
    try {
      const response = await call(path, {
        method,
        signal,
        ...body && { body: JSON.stringify(body) },
        ...init,
        headers: { ...body && { 'Content-Type': 'application/json' }, ...init?.headers },
      });
      if (!response.ok) {
        throw await errorOfResponse(response);
      }
      return response.status === 204 ? null : await response.json();
    } catch (error) {
      throw signal.aborted && !(error instanceof UsherError) ? new UsherError('timeout', `${path} took longer than ${timeout} ms.`)
        : asUsherError(error);
    } finally {
      clearTimeout(timer);
    }
  }
}
