import { UsherError, codeOf } from './errors.js';
import { randomText } from './events.js';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

const bytesOf = (text) => new TextEncoder().encode(text);

const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replace(/[+/=]/g, (each) => ({ '+': '-', '/': '_' })[each] ?? '');

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** The key pair of this name, which all tabs share. Whichever tab is first puts it there. */
async function kept(name, make) {
  const opening = indexedDB.open('usher.js');
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
  const database = await settled(opening);
  const keys = (mode) => database.transaction('keys', mode).objectStore('keys');
  let pair = await settled(keys('readonly').get(name));
  if (!pair) {
    const own = await make();
    // One transaction: no tab comes between the look and the write.
    const all = keys('readwrite');
    pair = await settled(all.get(name)) ?? (await settled(all.put(own, name)), own);
  }
  database.close();
  return pair;
}

/** Proves with each request and each CONNECT that we hold the key our login is bound to (DPoP, RFC 9449). */
export class Keys {
  /** The gateway's newest challenge. */
  nonce;

  #name;

  #pair;

  /** Without any, what it is asked for passes unchanged. */
  constructor(given, name) {
    this.there = !!given;
    this.#name = name;
    this.#pair = given === true ? null : Promise.resolve(given);
  }

  async #find() {
    try {
      // No script can read the private key out, not even this one.
      const make = () => crypto.subtle.generateKey(ALGORITHM, false, ['sign']);
      return await (globalThis.indexedDB ? kept(this.#name, make) : make());
    } catch (error) {
      this.#pair = null;
      throw new UsherError('no_keys', `No key can be made or kept here, which takes https or localhost, and IndexedDB: ${error.message}`);
    }
  }

  /** These headers and a proof for the token among them, unless that one is not bound. */
  async prove(method, url, headers = {}) {
    const [scheme, token = headers.ticket] = (headers.Authorization ?? '').split(' ');
    return !this.there || scheme === 'Bearer' ? headers : { ...headers, DPoP: await this.#proof(method, url, token) };
  }

  async #proof(method, url, token) {
    const { privateKey, publicKey } = await (this.#pair ??= this.#find());
    const { subtle } = crypto;
    const { kty, crv, x, y } = await subtle.exportKey('jwk', publicKey);
    const ath = token && base64url(await subtle.digest('SHA-256', bytesOf(token)));
    const [htu] = url.split(/[?#]/);
    // As fetch writes it, whatever the application wrote.
    const htm = method.toUpperCase();
    const claims = { jti: randomText(22), htm, htu, iat: Math.floor(Date.now() / 1000), nonce: this.nonce, ath };
    const text = [{ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } }, claims]
      .map((part) => base64url(bytesOf(JSON.stringify(part)))).join('.');
    return `${text}.${base64url(await subtle.sign(ALGORITHM, privateKey, bytesOf(text)))}`;
  }

  /** Keeps the challenge of a refused CONNECT; answers whether there is one. */
  heed({ nonce }) {
    this.nonce = nonce ?? this.nonce;
    return !!nonce && this.there;
  }

  /** Keeps the challenge of an answer; answers whether it asks for a proof with that one. */
  async challenged(response) {
    this.heed({ nonce: response.headers.get('DPoP-Nonce') });
    return this.there && [400, 401].includes(response.status) && await codeOf(response) === 'use_dpop_nonce';
  }
}
