// A model of the gateway, as far as protocol.md says what a client may rely on.
const RETRY = {
  token_expired: [4012, 'refresh'], draining: [4014, 'reconnect'], overloaded: [4015, 'reconnect'], heartbeat_lost: [4016, 'reconnect'],
  use_nonce: [4019, 'reconnect'],
  storage_unavailable: [4020, 'reconnect'], bad_frame: [4500, 'no'], unauthorized: [4502, 'login'], revoked: [4503, 'login'],
  forbidden: [4504, 'no'], replaced: [4505, 'no'], too_large: [4506, 'no'],
};
const BEAT = 10_000;

class Connection {
  constructor(socket, gateway) {
    Object.assign(this, {
      socket, gateway, subscriptions: new Map(), user: null, sentAt: world.now, heardAt: world.now, open: true, room: gateway.burst,
    });
  }

  frame(command, headers, body = '') {
    const lines = Object.entries(headers).filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => `${name}:${`${value}`.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/:/g, '\\c')}`);
    this.write(`${[command, ...lines].join('\n')}\n\n${body}\0`);
  }

  write(data) {
    if (this.open) {
      this.sentAt = world.now;
      this.socket.deliver(data);
    }
  }

  refuse(code, extra = {}) {
    const [close, retry] = RETRY[code];
    this.frame('ERROR', { code, message: `It is ${code}.`, retry, ...extra });
    this.socket.end(close, code);
    this.gone();
  }

  gone() {
    if (this.open) {
      this.open = false;
      this.gateway.connections.delete(this);
      this.subscriptions.forEach((each) => each.reader?.leave(each));
    }
  }

  receive(data) {
    if (!this.open) {
      return;
    }
    this.room = Math.min(this.gateway.burst, this.room + world.now - this.heardAt) - 1;
    this.heardAt = world.now;
    if (this.room < 0) {
      this.refuse('overloaded');
      return;
    }
    if (data === '\n') {
      this.beats = (this.beats ?? 0) + 1;
      return;
    }
    const end = data.indexOf('\n\n');
    const [command, ...lines] = data.slice(0, end).split('\n');
    const headers = {};
    for (const line of lines) {
      if (line.length > 4096 || Object.keys(headers).length === 64) {
        // What is behind it was not read.
        this.refuse('too_large', { 'receipt-id': headers.receipt });
        return;
      }
      const colon = line.indexOf(':');
      headers[line.slice(0, colon)] = line.slice(colon + 1).replace(/\\c/g, ':').replace(/\\n/g, '\n').replace(/\\\\/g, '\\');
    }
    this.gateway.frames.push({ command, headers, at: world.now, connection: this });
    this.gateway.handle(this, command, headers, data.slice(end + 2, -1));
  }

  receipt(headers, extra = {}) {
    if (headers.receipt) {
      this.frame('RECEIPT', { 'receipt-id': headers.receipt, ...extra });
    }
  }
}

// A place in a log. Shared by the subscriptions that use it; each message goes to one of them.
class Reader {
  constructor(log, offset) {
    Object.assign(this, { log, acked: offset, sent: offset, open: new Map(), again: [], members: [] });
  }

  leave(subscription) {
    this.members = this.members.filter((each) => each !== subscription);
    if (this.lone) {
      this.log.live.delete(this);
    }
    for (const [offset, owner] of this.open) {
      if (owner === subscription) {
        this.open.delete(offset);
        this.again.push(offset);
      }
    }
    this.again.sort((a, b) => a - b);
    this.pump();
  }

  pump() {
    for (;;) {
      const free = this.members.filter((each) => each.out < each.inFlight);
      // Those before the first are not kept any more.
      this.sent = Math.max(this.sent, this.log.first - 1);
      const offset = this.again.length ? this.again[0] : this.sent + 1;
      if (!free.length || offset > this.log.messages.length) {
        return;
      }
      const redelivered = this.again.length > 0;
      redelivered ? this.again.shift() : this.sent++;
      const member = free[0];
      if (member.acks) {
        member.out++;
        this.open.set(offset, member);
      }
      member.message(this.log.messages[offset - 1], redelivered);
    }
  }
}

class Gateway {
  constructor(options = {}) {
    Object.assign(this, {
      connections: new Set(), frames: [], logs: new Map(), readers: new Map(), tokens: new Map(), sessions: new Map(), seen: new Map(),
      lifetime: 900_000, notice: 60_000, burst: 5000, spread: 1, refused: new Set(), count: 0, up: true, allowed: () => true, rotations: 0, drops: () => false,
      ...options,
    });
    world.accept = (socket) => this.accept(socket);
    world.answer = (path, init) => this.answer(path, init);
    this.tick();
  }

  // Beats and ends of tokens, looked at each second.
  tick() {
    world.after(1000, () => {
      this.connections.forEach((each) => {
        if (each.user && world.now >= each.until) {
          each.refuse('token_expired');
        } else if (each.user && world.now - each.heardAt > 2 * BEAT) {
          each.refuse('heartbeat_lost');
        } else if (each.user && world.now - each.sentAt >= BEAT - 1000) {
          each.write('\n');
        }
        if (each.open && each.user && !each.noticed && each.until - world.now <= this.notice) {
          each.noticed = true;
          this.notify(each, { event: 'expiring', expires_in: Math.round((each.until - world.now) / 1000) });
        }
      });
      if (!this.stopped) {
        this.tick();
      }
    });
  }

  notify(connection, event) {
    connection.subscriptions.forEach((each) => each.destination === '/user/topic/session'
      && connection.frame('MESSAGE', { subscription: each.id, destination: each.destination, 'message-id': `n${++this.count}` },
        JSON.stringify(event)));
  }

  accept(socket) {
    if (!this.up) {
      return null;
    }
    const connection = new Connection(socket, this);
    this.connections.add(connection);
    return connection;
  }

  mint(user, lifetime = this.lifetime) {
    const token = `t${++this.count}.${user}`;
    this.tokens.set(token, { user, until: world.now + lifetime });
    return token;
  }

  check(connection, headers) {
    const token = this.tokens.get((headers.Authorization ?? '').slice('Bearer '.length));
    const problem = !token || (connection.user && token.user !== connection.user) ? 'unauthorized'
      : token.until <= world.now ? 'token_expired' : token.revoked ? 'revoked' : null;
    if (problem) {
      connection.refuse(problem, { 'receipt-id': headers.receipt });
      return false;
    }
    Object.assign(connection, { user: token.user, until: token.until, noticed: false });
    return true;
  }

  handle(connection, command, headers, body) {
    const work = this[`on${command}`];
    if (command !== 'CONNECT' && !connection.user) {
      connection.refuse('bad_frame');
    } else {
      work.call(this, connection, headers, body);
    }
  }

  onCONNECT(connection, headers) {
    const refusal = this.refusal?.(connection, headers);
    if (refusal) {
      connection.refuse(...refusal);
    } else if (this.check(connection, headers)) {
      connection.frame('CONNECTED', {
        version: '1.2', 'heart-beat': `${BEAT},${BEAT}`, 'user-name': connection.user,
        'expires-in': Math.floor((connection.until - world.now) / 1000), 'retry-spread': this.spread,
      });
    }
  }

  onDISCONNECT(connection, headers) {
    connection.receipt(headers);
    connection.socket.end(1000, '');
    connection.gone();
  }

  log(destination, user) {
    const key = destination.startsWith('/user/') ? `${user} ${destination}` : destination;
    if (!this.logs.has(key)) {
      this.logs.set(key, { key, epoch: `e${++this.count}`, messages: [], first: 1, live: new Set() });
    }
    return this.logs.get(key);
  }

  onSUBSCRIBE(connection, headers) {
    const { id, destination, ack, durable } = headers;
    if (this.refused.has(destination) || !this.allowed(connection.user, destination)) {
      connection.refuse('forbidden', { 'receipt-id': headers.receipt, incident: 'abcd1234' });
      return;
    }
    if (connection.subscriptions.has(id)) {
      connection.refuse('bad_frame', { 'receipt-id': headers.receipt });
      return;
    }
    const own = { id, destination, acks: ack !== 'auto', cumulative: ack === 'client', out: 0, waiting: new Map(),
      inFlight: Number(headers['in-flight'] ?? 256) };
    // An ACK or a NACK: of all up to its message, or of that alone.
    own.take = (given) => {
      const taken = [];
      for (const [ackId, offset] of [...own.waiting]) {
        if (own.cumulative || ackId === given) {
          own.waiting.delete(ackId);
          own.reader.open.delete(offset);
          own.out--;
          taken.push(offset);
        }
        if (ackId === given) {
          break;
        }
      }
      return taken;
    };
    own.message = (stored, redelivered) => {
      const ackId = own.acks ? `a${++this.count}` : undefined;
      own.acks && own.waiting.set(ackId, stored.offset);
      connection.frame('MESSAGE', { subscription: id, destination, 'message-id': `m${++this.count}`, ack: ackId, ...stored.headers,
        offset: stored.offset, epoch: stored.epoch, timestamp: stored.at, redelivered: redelivered || undefined }, stored.body);
    };
    connection.subscriptions.set(id, own);
    if (!/^\/(user\/)?queue\//.test(destination)) {
      connection.receipt(headers);
      return;
    }
    const log = this.log(destination, connection.user);
    const shared = !headers.offset && !durable && destination.startsWith('/queue/');
    const key = durable ? `${log.key} ${durable}` : shared ? log.key : null;
    let recovered = true;
    let offset = key && !shared ? log.messages.length : 0;
    if (!key) {
      offset = headers.offset === undefined ? log.messages.length : Number(headers.offset);
      recovered = offset + 1 >= log.first && (headers.epoch === undefined || headers.epoch === log.epoch);
      offset = recovered ? offset : log.first - 1;
    }
    own.reader = (key && this.readers.get(key)) || new Reader(log, offset);
    key ? this.readers.set(key, own.reader) : own.reader.lone = true;
    log.live.add(own.reader);
    connection.receipt(headers, { offset: own.reader.sent, epoch: log.epoch, recovered });
    own.reader.members.push(own);
    own.reader.pump();
  }

  onUNSUBSCRIBE(connection, headers) {
    const own = connection.subscriptions.get(headers.id);
    own?.reader?.leave(own);
    connection.subscriptions.delete(headers.id);
    connection.receipt(headers);
  }

  settle(connection, headers, work) {
    for (const own of connection.subscriptions.values()) {
      if (own.waiting.has(headers.id)) {
        work(own);
        connection.receipt(headers);
        return;
      }
    }
    connection.refuse('bad_frame', { 'receipt-id': headers.receipt });
  }

  onACK(connection, headers) {
    this.settle(connection, headers, (own) => {
      own.take(headers.id);
      own.reader.pump();
    });
  }

  onNACK(connection, headers) {
    this.settle(connection, headers, (own) => {
      const refused = own.take(headers.id);
      world.after(1000, () => {
        own.reader.again.push(...refused);
        own.reader.pump();
      });
    });
  }

  onSEND(connection, headers, body) {
    const { destination, receipt, id } = headers;
    if (destination === '/app/auth') {
      if (this.check(connection, headers)) {
        connection.receipt(headers, { 'expires-in': Math.floor((connection.until - world.now) / 1000) });
      }
    } else if (destination === '/app/ping') {
      connection.receipt(headers);
    } else if (this.refused.has(destination)) {
      connection.refuse('forbidden', { 'receipt-id': receipt, incident: 'abcd1234' });
    } else {
      connection.receipt(headers, this.publish(connection.user, destination, body, id, headers));
    }
  }

  publish(user, destination, body, id, headers = {}) {
    const key = `${user} ${destination} ${id}`;
    if (id && this.seen.has(key)) {
      return { ...this.seen.get(key), repeated: true };
    }
    const to = destination.match(/^\/user\/([^/]+)(\/(?:topic|queue)\/.+)$/);
    const name = to ? `/user${to[2]}` : destination;
    let result;
    if (/^\/(user\/)?queue\//.test(name)) {
      const log = this.log(name, to?.[1]);
      const stored = { offset: log.messages.length + 1, epoch: log.epoch, body, at: world.now, headers: { 'content-type': headers['content-type'] } };
      log.messages.push(stored);
      log.live.forEach((reader) => reader.pump());
      result = { offset: stored.offset, epoch: log.epoch };
    } else {
      let delivered = 0;
      this.connections.forEach((each) => each.user && (!to || each.user === to[1]) && each.subscriptions.forEach((own) => {
        if (own.destination === name) {
          delivered++;
          each.frame('MESSAGE', { subscription: own.id, destination: name, 'message-id': `m${++this.count}` }, body);
        }
      }));
      result = { delivered };
    }
    id && this.seen.set(key, result);
    return result;
  }

  // --- HTTP

  answer(path, init) {
    if (!this.up) {
      return { broken: true };
    }
    const body = init.body ? JSON.parse(init.body) : {};
    const result = this.call(path, init, body);
    return this.drops(path, init) ? null : result;
  }

  problem(status, code, headers) {
    return { status, headers, body: { status, code, detail: `It is ${code}.` } };
  }

  tokens_of(session) {
    return { body: { access_token: this.mint(session.user), expires_in: this.lifetime / 1000, session_id: session.id,
      refresh_token: `${session.id}.${session.current}`, token_type: 'Bearer' } };
  }

  call(path, init, body) {
    if (path === '/auth/login') {
      if (body.password !== 'wonderland') {
        return this.problem(401, 'bad_credentials');
      }
      const session = { id: `s${++this.count}`, user: body.username, current: `g${++this.count}`, ended: false };
      this.sessions.set(session.id, session);
      return this.tokens_of(session);
    }
    if (path === '/auth/refresh') {
      return this.refresh(body);
    }
    const token = this.tokens.get((init.headers.get('Authorization') ?? '').slice('Bearer '.length));
    if (!token || token.until <= world.now) {
      return this.problem(401, token ? 'token_expired' : 'unauthorized');
    }
    if (path === '/auth/me') {
      return { body: { username: token.user, roles: ['user'], session_id: 'x' } };
    }
    return path === '/auth/logout' ? { status: 204 } : this.problem(404, 'not_found');
  }

  // As protocol.md says: the last generation again with the same next while its successor is unused; another next within
  // the grace ends nothing; anything older ends the session.
  refresh({ refresh_token: presented, next }) {
    const [id, generation] = presented.split('.');
    const session = this.sessions.get(id);
    if (!session || session.ended) {
      return this.problem(401, 'refresh_invalid');
    }
    if (generation === session.current) {
      Object.assign(session, { last: generation, current: next ?? `g${++this.count}`, at: world.now });
      this.rotations++;
      return this.tokens_of(session);
    }
    if (generation === session.last && next === session.current) {
      return this.tokens_of(session);
    }
    if (generation === session.last && world.now - session.at < 30_000) {
      return this.problem(401, 'refresh_invalid');
    }
    session.ended = true;
    return this.problem(401, 'refresh_reused');
  }
}
globalThis.Gateway = Gateway;
