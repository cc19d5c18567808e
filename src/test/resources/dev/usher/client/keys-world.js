// Keys, where a browser keeps them, and a gateway that binds logins to them. The cryptography is a model: what is signed with a key
// is the text itself and the secret's name, which only who holds that key can write here.
const encodeBytes = (text) => new TextEncoder().encode(text);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

globalThis.btoa = (raw) => {
  let out = '';
  for (let i = 0; i < raw.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((j) => raw.charCodeAt(i + j));
    const bits = (a << 16) | ((b || 0) << 8) | (c || 0);
    out += [18, 12, 6, 0].map((shift, j) => (i + j > raw.length ? '=' : ALPHABET[(bits >> shift) & 63])).join('');
  }
  return out;
};
const decode = (base64url) => {
  let bits = 0;
  let count = 0;
  let out = '';
  for (const each of base64url.replace(/-/g, '+').replace(/_/g, '/')) {
    bits = ((bits << 6) | ALPHABET.indexOf(each)) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += String.fromCharCode((bits >> count) & 0xff);
    }
  }
  return out;
};
const hash = (text) => btoa(`hash of ${text}`).replace(/=/g, '').replace(/\+/g, '-').replace(/\//g, '_');

let made = 0;
const soon = (value) => new Promise((resolve) => world.after(2, () => resolve(value), world.tab));
crypto.subtle = {
  generateKey(algorithm, extractable, usages) {
    const name = ++made;
    return soon({
      privateKey: { secret: `secret ${name}`, extractable, usages }, publicKey: { jwk: { kty: 'EC', crv: algorithm.namedCurve, x: `secret ${name}`, y: 'y' } },
    });
  },
  exportKey: async (format, key) => {
    if (!key.jwk) {
      throw new Error('InvalidAccessError');
    }
    return { ...key.jwk, ext: true, key_ops: ['verify'] };
  },
  digest: async (algorithm, bytes) => encodeBytes(`hash of ${new TextDecoder().decode(bytes)}`),
  sign: async (algorithm, key, bytes) => encodeBytes(`${key.secret}: ${new TextDecoder().decode(bytes)}`),
};
world.keysMade = () => made;

// IndexedDB with one store: requests take time, and one transaction that writes keeps the others out.
let stored = new Map();
let writing = Promise.resolve();
class Transaction {
  constructor(mode, tab) {
    Object.assign(this, { mode, tab, open: 0 });
    if (mode === 'readwrite') {
      this.turn = writing;
      writing = new Promise((resolve) => { this.done = resolve; });
    }
  }

  request(work) {
    const request = {};
    this.open++;
    Promise.resolve(this.turn).then(() => world.after(1, () => {
      request.result = work();
      request.onsuccess?.();
      world.after(0, () => --this.open === 0 && this.done?.());
    }, this.tab));
    return request;
  }

  objectStore() {
    return {
      get: (key) => this.request(() => stored.get(key)),
      put: (value, key) => this.request(() => stored.set(key, value) && key),
    };
  }
}
globalThis.indexedDB = {
  open() {
    const { tab } = world;
    const request = {};
    world.after(1, () => {
      request.result = { createObjectStore() {}, close() {}, transaction: (name, mode) => new Transaction(mode, tab) };
      request.onupgradeneeded?.();
      request.onsuccess?.();
    }, tab);
    return request;
  },
};
// Another device has another one.
world.otherDevice = () => { stored = new Map(); };

// Binds what a proof came with to its key, and takes none of it without.
class KeyGateway extends Gateway {
  constructor(options) {
    super({ nonce: 'nonce 1', proofs: [], ...options });
  }

  // What is wrong with a proof, or null; the key it is of is kept.
  fault(header, htm, htu, token) {
    const [head, body, signature] = (header ?? '').split('.').map(decode);
    if (!signature) {
      return 'invalid_dpop_proof';
    }
    const { typ, alg, jwk } = JSON.parse(head);
    const claims = JSON.parse(body);
    const text = header.slice(0, header.lastIndexOf('.'));
    if (claims.nonce !== this.nonce) {
      return 'use_dpop_nonce';
    }
    const good = typ === 'dpop+jwt' && alg === 'ES256' && signature === `${jwk.x}: ${text}` && !('d' in jwk)
      && claims.htm === htm && claims.htu === htu && claims.ath === (token && hash(token)) && Math.abs(claims.iat * 1000 - world.now) < 300_000
      && this.proofs.every(({ jti }) => jti !== claims.jti);
    if (good) {
      this.proofs.push({ ...claims, key: jwk.x });
    }
    return good ? null : 'invalid_dpop_proof';
  }

  answer(path, init) {
    const answer = super.answer(path, init);
    return answer && { ...answer, headers: { 'DPoP-Nonce': this.nonce, ...answer.headers } };
  }

  call(url, init, body) {
    const [path] = url.split(/[?#]/);
    const { headers } = init;
    const method = (init.method ?? 'GET').toUpperCase();
    const proof = headers.get('DPoP');
    const [scheme, token] = (headers.get('Authorization') ?? '').split(' ');
    const tokens = ['/auth/login', '/auth/refresh'].includes(path);
    const session = this.sessions.get(body.refresh_token?.split('.')[0]);
    const key = tokens ? session?.key : this.tokens.get(token)?.key;
    if (tokens ? proof || key : key && scheme === 'DPoP') {
      const fault = this.fault(proof, method, `http://gateway.test${path}`, tokens ? undefined : token);
      const foreign = !fault && key && this.proofs.at(-1).key !== key;
      if (fault || foreign) {
        return this.problem(tokens ? 400 : 401, fault ?? 'invalid_dpop_proof');
      }
    } else if (!tokens && (key || scheme === 'DPoP')) {
      return this.problem(401, 'unauthorized');
    }
    return super.call(path, { ...init, headers: new Headers({ Authorization: `Bearer ${token}` }) }, body);
  }

  tokens_of(session) {
    const answer = super.tokens_of(session);
    session.key ??= this.requestKey();
    this.tokens.get(answer.body.access_token).key = session.key;
    answer.body.token_type = session.key ? 'DPoP' : 'Bearer';
    return answer;
  }

  // That of the proof just verified.
  requestKey() {
    return this.proofs.at(-1)?.htu.endsWith('/auth/login') ? this.proofs.at(-1).key : undefined;
  }

  check(connection, headers) {
    const [scheme, token] = (headers.Authorization ?? '').split(' ');
    const key = this.tokens.get(token)?.key;
    if ((scheme === 'DPoP') !== !!key || (connection.key && connection.key !== key)) {
      connection.refuse('unauthorized', { 'receipt-id': headers.receipt });
      return false;
    }
    if (key && !connection.key) {
      const fault = this.fault(headers.DPoP, 'CONNECT', 'ws://gateway.test/ws', token);
      if (fault === 'use_dpop_nonce') {
        connection.refuse('use_nonce', { nonce: this.nonce });
        return false;
      }
      if (fault || this.proofs.at(-1).key !== key) {
        connection.refuse('unauthorized');
        return false;
      }
      connection.key = key;
    }
    return super.check(connection, { ...headers, Authorization: `Bearer ${token}` });
  }
}
globalThis.KeyGateway = KeyGateway;
