// The world around usher.js, moved by hand: a clock that jumps to the next event, and tabs that can be hidden and killed.
const world = {
  now: 1_800_000_000_000,
  tab: null,
  events: [],
  online: true,
  hidden: new Set(),
  requests: [],
  errors: [],
  sequence: 0,
  // Of the large numbers: 1 where the engine compiles, less where it interprets.
  scale: globalThis.scale ?? 1,
};

// mulberry32: the same numbers in each run.
let seed = 20_261;
Math.random = () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
Date.now = () => world.now;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...all) {
    super(...(all.length ? all : [world.now]));
  }
};
globalThis.console = { log() {}, error: (error) => world.errors.push(String(error?.message ?? error)) };

// --- events, the earliest first: a binary heap

const before = (a, b) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

function push(event) {
  const heap = world.events;
  let i = heap.push(event) - 1;
  while (i > 0 && before(heap[i], heap[(i - 1) >> 1])) {
    [heap[i], heap[(i - 1) >> 1]] = [heap[(i - 1) >> 1], heap[i]];
    i = (i - 1) >> 1;
  }
}

function pop() {
  const heap = world.events;
  const first = heap[0];
  const last = heap.pop();
  if (heap.length) {
    heap[0] = last;
    let i = 0;
    for (;;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && before(heap[child], heap[least])) {
          least = child;
        }
      }
      if (least === i) {
        break;
      }
      [heap[i], heap[least]] = [heap[least], heap[i]];
      i = least;
    }
  }
  return first;
}

world.at = (at, work, tab, timer) => {
  const event = { at, work, tab, timer, sequence: ++world.sequence };
  push(event);
  return event;
};
// What the world does, and no tab can throttle.
world.after = (wait, work, tab = null) => world.at(world.now + wait, work, tab, false);
world.sleep = (wait) => new Promise((resolve) => world.after(wait, resolve));

// One event; microtasks run when this has returned. Timers of a hidden page fire once a minute.
world.next = () => {
  while (world.events.length) {
    const event = pop();
    if (event.cancelled || event.tab?.dead) {
      continue;
    }
    if (event.timer && world.hidden.has(event.tab) && !event.late) {
      event.late = true;
      event.at = Math.ceil(event.at / 60_000) * 60_000;
      push(event);
      continue;
    }
    world.now = Math.max(world.now, event.at);
    world.tab = event.tab;
    event.work();
    return true;
  }
  return false;
};

globalThis.setTimeout = (work, wait = 0) => world.at(world.now + Math.max(wait, 0), work, world.tab, true);
globalThis.clearTimeout = (event) => {
  if (event) {
    event.cancelled = true;
  }
};
globalThis.setInterval = (work, wait) => {
  const handle = {};
  const { tab } = world;
  const plan = () => {
    handle.event = world.at(world.now + wait, () => {
      plan();
      work();
    }, tab, true);
  };
  plan();
  Object.defineProperty(handle, 'cancelled', { set: () => { handle.event.cancelled = true; } });
  return handle;
};
globalThis.queueMicrotask = (work) => Promise.resolve().then(work);

// --- tabs

world.open = (name) => ({ name, dead: false, locks: new Set(), channels: new Set(), sockets: new Set() });
world.as = (tab, work) => {
  const previous = world.tab;
  world.tab = tab;
  try {
    return work();
  } finally {
    world.tab = previous;
  }
};
world.kill = (tab) => {
  tab.dead = true;
  tab.channels.forEach((channel) => channel.close());
  tab.sockets.forEach((socket) => socket.cut());
  tab.locks.forEach((free) => free());
};

const locks = new Map();
globalThis.navigator = {
  get onLine() {
    return world.online;
  },
  locks: {
    request(name, { signal } = {}, work) {
      const { tab } = world;
      return new Promise((resolve, reject) => {
        const queue = locks.get(name) ?? [];
        locks.set(name, queue);
        const waiting = { tab, grant() {
          const free = () => {
            tab?.locks.delete(free);
            queue.shift();
            world.grantLock(name);
          };
          tab?.locks.add(free);
          world.tab = tab;
          Promise.resolve().then(work).then(resolve, reject).finally(() => tab?.locks.has(free) !== false && free());
        } };
        signal?.addEventListener('abort', () => {
          const index = queue.indexOf(waiting);
          if (index > 0) {
            queue.splice(index, 1);
            reject(new Error('aborted'));
          }
        });
        queue.push(waiting);
        if (queue.length === 1) {
          world.after(0, () => waiting.grant(), tab);
        }
      });
    },
  },
};
world.grantLock = (name) => {
  const queue = locks.get(name);
  while (queue.length && queue[0].tab?.dead) {
    queue.shift();
  }
  if (queue.length) {
    world.after(0, () => queue[0]?.grant(), queue[0].tab);
  }
};

const channels = new Set();
globalThis.BroadcastChannel = class {
  constructor(name) {
    this.name = name;
    this.tab = world.tab;
    channels.add(this);
    this.tab?.channels.add(this);
  }

  postMessage(data) {
    const copy = JSON.stringify(data);
    channels.forEach((each) => each !== this && each.name === this.name
      && world.after(1, () => channels.has(each) && each.onmessage?.({ data: JSON.parse(copy) }), each.tab));
  }

  close() {
    channels.delete(this);
  }
};

// --- what browsers have and the language has not

globalThis.EventTarget = class {
  listeners = {};

  addEventListener(event, listener, { signal } = {}) {
    (this.listeners[event] ??= []).push(listener);
    signal?.addEventListener('abort', () => this.removeEventListener(event, listener));
  }

  removeEventListener(event, listener) {
    this.listeners[event] = this.listeners[event].filter((each) => each !== listener);
  }

  fire(event) {
    this[`on${event.type}`]?.(event);
    [...this.listeners[event.type] ?? []].forEach((listener) => listener(event));
  }
};
globalThis.AbortController = class {
  constructor() {
    const signal = new EventTarget();
    this.signal = Object.assign(signal, {
      aborted: false,
      throwIfAborted() {
        if (signal.aborted) {
          throw signal.reason;
        }
      },
    });
  }

  abort(reason = Object.assign(new Error('aborted'), { name: 'AbortError' })) {
    if (!this.signal.aborted) {
      Object.assign(this.signal, { aborted: true, reason });
      this.signal.fire({ type: 'abort' });
    }
  }
};
world.resolve = (url, base) => {
  if (/^[a-z]+:/.test(url)) {
    return /^[a-z]+:\/\/[^/]+$/.test(url) ? `${url}/` : url;
  }
  if (url.startsWith('//')) {
    return base.match(/^[a-z]+:/)[0] + url;
  }
  const folder = base.replace(/[^/]*$/, '');
  return url.startsWith('/') ? base.match(/^[a-z]+:\/\/[^/]+/)[0] + url : folder + (url === '.' ? '' : url);
};
globalThis.URL = class {
  constructor(url, base) {
    const resolved = world.resolve(String(url), base ? String(base.href ?? base) : '');
    const [, protocol, host, path] = resolved.match(/^([a-z]+:)\/\/([^/]*)(.*)$/) ?? [];
    Object.assign(this, { href: resolved, protocol, host, pathname: path, origin: `${protocol}//${host}` });
  }

  toString() {
    return this.href;
  }
};
globalThis.crypto = {
  getRandomValues(array) {
    array.forEach((each, i) => {
      array[i] = Math.floor(Math.random() * 256);
    });
    return array;
  },
};
const ASCII = /^[\0-\x7f]*$/;
globalThis.TextEncoder = class {
  encode(text) {
    const raw = ASCII.test(text) ? text : unescape(encodeURIComponent(text));
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) {
      bytes[i] = raw.charCodeAt(i);
    }
    return bytes;
  }
};
globalThis.TextDecoder = class {
  decode(bytes) {
    const raw = String.fromCharCode(...bytes);
    return ASCII.test(raw) ? raw : decodeURIComponent(escape(raw));
  }
};
globalThis.Headers = class {
  constructor(init = {}) {
    this.all = Object.fromEntries(Object.entries(init).map(([name, value]) => [name.toLowerCase(), value]));
  }

  get(name) {
    return this.all[name.toLowerCase()] ?? null;
  }

  [Symbol.iterator]() {
    return Object.entries(this.all)[Symbol.iterator]();
  }
};

// A call to the model of a gateway; an answer that is dropped never comes.
globalThis.fetch = (url, init = {}) => {
  const { tab } = world;
  return new Promise((resolve, reject) => {
    init.signal?.addEventListener('abort', () => reject(init.signal.reason));
    world.requests.push({ url, ...init, tab, at: world.now });
    world.after(world.latency, () => {
      const answer = world.answer(url.replace(/^https?:\/\/[^/]*/, ''), { ...init, headers: new Headers(init.headers) });
      if (!answer) {
        return;
      }
      if (answer.broken) {
        world.after(world.latency, () => reject(new TypeError('Failed to fetch')), tab);
        return;
      }
      const { status = 200, body = {}, headers } = answer;
      const response = {
        status, ok: status < 400, headers: new Headers(headers), json: async () => body, clone: () => response,
      };
      world.after(world.latency, () => resolve(response), tab);
    });
  });
};

// --- sockets

world.latency = 5;
globalThis.WebSocket = class extends EventTarget {
  readyState = 0;

  constructor(url, protocols) {
    super();
    Object.assign(this, { url, protocols, tab: world.tab, arrival: 0 });
    this.tab?.sockets.add(this);
    world.after(world.latency, () => {
      this.peer = this.readyState === 0 ? world.accept(this) : null;
      world.after(world.latency, () => {
        if (!this.peer) {
          this.cut();
        } else if (this.readyState === 0) {
          this.readyState = 1;
          this.fire({ type: 'open' });
        }
      }, this.tab);
    });
  }

  send(data) {
    if (this.readyState !== 1) {
      throw new Error('not open');
    }
    world.after(world.latency, () => this.peer?.receive(data));
  }

  // What the gateway sends: it arrives in order, and while the socket is open.
  deliver(data) {
    world.after(world.latency, () => this.readyState === 1 && this.fire({ type: 'message', data }), this.tab);
  }

  // The gateway has closed.
  end(code, reason) {
    world.after(world.latency, () => this.#closed(code, reason), this.tab);
  }

  // The network is gone, for both sides at once.
  cut() {
    this.peer?.gone();
    this.peer = null;
    world.after(0, () => this.#closed(1006, ''), this.tab);
  }

  close() {
    const { peer } = this;
    world.after(world.latency, () => peer?.gone());
    this.end(1000, '');
    this.readyState = Math.max(this.readyState, 2);
  }

  #closed(code, reason) {
    if (this.readyState !== 3) {
      this.readyState = 3;
      this.tab?.sockets.delete(this);
      this.fire({ type: 'close', code, reason });
    }
  }
};

// The page: it exists for tabs, and what happens to it is fired by hand.
globalThis.document = Object.assign(new EventTarget(), { visibilityState: 'visible', cookie: '' });
Object.defineProperty(document, 'hidden', { get: () => world.hidden.has(world.tab) });
const page = new EventTarget();
globalThis.addEventListener = (...all) => page.addEventListener(...all);
world.fire = (type) => (type === 'visibilitychange' ? document : page).fire({ type });
world.listeners = () => [document, page].flatMap((each) => Object.values(each.listeners)).flat().length;
world.channels = () => channels.size;
globalThis.world = world;
