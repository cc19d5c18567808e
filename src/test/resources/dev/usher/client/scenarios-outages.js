// What is acknowledged, kept and called missing when connections end. Each function is a test of KitOutageTests.
const connected = async (gateway, options) => {
  const usher = foreign(gateway, options);
  await usher.connect();
  return usher;
};
const range = (from, to) => Array.from({ length: to - from + 1 }, (each, i) => from + i);
const fill = (gateway, destination, from, to) => range(from, to).forEach((i) => gateway.publish('bob', destination, String(i)));
const back = (usher) => until(() => usher.snapshot().state === 'connected');
const unsettled = (gateway) => [...gateway.readers.values()].map((each) => [...each.open.keys(), ...each.again]).flat();

scenarios.durableWhenHandlerThrowsAfterACutThenTheMessageComesAgain = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const got = [];
  let fail;
  await usher.subscribe('/user/queue/orders', ({ text }) => {
    got.push(text);
    return got.length === 1 ? new Promise((resolve, reject) => { fail = reject; }) : undefined;
  }, { durable: 'phone' }).ready;
  fill(gateway, '/user/alice/queue/orders', 1, 2);
  await until(() => fail);
  cutAll(gateway);
  await world.sleep(1);
  fail(new Error('cannot now'));
  await back(usher);
  await world.sleep(100);
  same([got, unsettled(gateway)], [['1', '1', '2'], []], 'messages and what is not acknowledged');
};

scenarios.durableWhenEndedThenWhatWasHandledIsAcknowledged = async () => {
  const gateway = new Gateway();
  for (const end of ['unsubscribe', 'disconnect', 'close']) {
    const usher = await connected(gateway);
    const got = [];
    // The first is slow, so that the others wait; the sixth never ends.
    const orders = usher.subscribe('/user/queue/orders', async ({ text }) => {
      got.push(Number(text));
      await (got.length === 1 ? world.sleep(100) : got.length === 6 ? new Promise(() => {}) : null);
    }, { durable: end });
    await orders.ready;
    fill(gateway, '/user/alice/queue/orders', 1, 10);
    await until(() => got.length === 6);
    await (end === 'unsubscribe' ? orders : usher)[end]();
    await world.sleep(100);
    same([...gateway.readers.values()].at(-1).again.length, 5, `what comes again after ${end}()`);
  }
};

scenarios.durableWhenHandlersAreFastThenTheirAcksArePaced = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  let got = 0;
  await usher.subscribe('/user/queue/orders', () => { got++; }, { durable: 'phone' }).ready;
  for (let i = 1; i <= 1000; i++) {
    fill(gateway, '/user/alice/queue/orders', i, i);
    await world.sleep(1);
  }
  await world.sleep(100);
  same([got, unsettled(gateway)], [1000, []], 'messages');
  holds(frames(gateway, 'ACK').length <= 100, `${frames(gateway, 'ACK').length} ACKs for 1,000 messages in a second`);
};

const individual = { ack: 'individual', autoAck: true };
const inSeconds = (all) => all.reduce((counts, { at }) => {
  const second = Math.floor((at - all[0].at) / 1000);
  counts[second] = (counts[second] ?? 0) + 1;
  return counts;
}, []);

scenarios.durableWhenEachOfABacklogIsAcknowledgedThenTheGatewayIsNotOverloaded = async () => {
  const gateway = new Gateway({ burst: 2000 });
  const usher = await connected(gateway);
  const names = ['a', 'b', 'c', 'd'];
  const all = names.map(() => []);
  await Promise.all(names.map((name, i) => usher
    .subscribe(`/user/queue/${name}`, ({ text }) => { all[i].push(Number(text)); }, { durable: 'phone', ...individual }).ready));
  const begin = world.now;
  names.forEach((name) => fill(gateway, `/user/alice/queue/${name}`, 1, 1000));
  await world.sleep(500);
  const timers = world.events.filter(({ timer, cancelled }) => timer && !cancelled).length;
  holds(timers < 10, `${timers} timers`);
  await Promise.all(range(1, 100).map((i) => usher.publish('/topic/a', i)));
  holds(all.flat().length < 4000, `what is published waited for ${world.now - begin} ms, behind all ACKs`);
  await until(() => all.flat().length >= 4000 && !unsettled(gateway).length, 30_000);
  same(frames(gateway, 'CONNECT').length, 1, 'connections');
  all.forEach((got) => same(got.length === 1000 && got.every((each, i) => each === i + 1), true, 'all messages in order'));
  const seconds = inSeconds(gateway.frames);
  holds(Math.max(...seconds) <= 1600 && world.now - begin > 4000, `${seconds} frames in ${world.now - begin} ms`);
};

scenarios.durableWhenEndedWhileAcksWaitThenTheyAreSaidFirst = async () => {
  for (const end of ['unsubscribe', 'disconnect', 'close']) {
    const gateway = new Gateway();
    const usher = await connected(gateway);
    let got = 0;
    const orders = usher.subscribe('/user/queue/orders', () => { got++; }, { durable: 'phone', ...individual });
    await orders.ready;
    fill(gateway, '/user/alice/queue/orders', 1, 3000);
    await until(() => got >= 700);
    await world.sleep(100);
    holds(frames(gateway, 'ACK').length < got, 'no ACK waits');
    const begin = world.now;
    await (end === 'unsubscribe' ? orders : usher)[end]();
    await world.sleep(end === 'close' ? 100 : 0);
    same(frames(gateway, 'ACK').length, got, `ACKs before ${end}()`);
    same(gateway.frames.at(-1).command, end === 'unsubscribe' ? 'UNSUBSCRIBE' : 'DISCONNECT', 'the last frame');
    holds(world.now - begin < 1500, `${end}() took ${world.now - begin} ms`);
    same([usher.snapshot().error, world.errors], [null, []], 'errors');
    const [reader] = gateway.readers.values();
    same(reader.again.concat([...reader.open.keys()]).filter((offset) => offset <= got), [], 'what was handled and comes again');
    usher.close();
  }
};

scenarios.inboxWhenReadOnWhileAcksWaitThenIsSubscribedAfterItsEnd = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  let open;
  const [got, handled] = [[], []];
  const inbox = usher.subscribe('/user/queue/inbox', ({ text }) => {
    got.push(Number(text));
    return got.length === 1 ? new Promise((resolve) => { open = resolve; }) : null;
  });
  const orders = usher.subscribe('/user/queue/orders', ({ text }) => { handled.push(Number(text)); }, { durable: 'phone', ...individual });
  await Promise.all([inbox.ready, orders.ready]);
  fill(gateway, '/user/alice/queue/orders', 1, 3000);
  await until(() => handled.length >= 700);
  fill(gateway, '/user/alice/queue/inbox', 1, 1500);
  await world.sleep(50);
  open();
  await until(() => got.length >= 1500 && handled.length >= 3000, 60_000);
  same([got, handled, frames(gateway, 'CONNECT').length], [range(1, 1500), range(1, 3000), 1], 'messages');
};

scenarios.hiddenWhenAcksWaitThenWhatArrivesLetsThemGo = async () => {
  const gateway = new Gateway();
  const tab = world.open('hidden');
  const usher = make({ token: () => gateway.mint('alice') }, tab);
  // The socket is made when a token is there, and is to be of this tab too.
  world.tab = tab;
  await usher.connect();
  let got = 0;
  await usher.subscribe('/user/queue/orders', () => { got++; }, { durable: 'phone', ...individual }).ready;
  world.hidden.add(tab);
  fill(gateway, '/user/alice/queue/orders', 1, 4000);
  await until(() => got >= 4000, 60_000);
};

scenarios.durableWhenOneIsInFlightThenItsAckDoesNotWait = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  await usher.subscribe('/user/queue/orders', () => {}, { durable: 'phone', inFlight: 1 }).ready;
  range(1, 3).forEach(() => fill(gateway, '/user/alice/queue/orders', 1, 1));
  await world.sleep(1000);
  same([frames(gateway, 'ACK').length, unsettled(gateway)], [3, []], 'ACKs');
};

scenarios.gapWhenTheMachineSleptThenBeginsWhenTheConnectionWasHeardLast = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const gaps = [];
  const news = usher.subscribe('/topic/news', () => {});
  news.on('gap', (gap) => gaps.push(gap));
  await news.ready;
  const [dead] = gateway.connections;
  const heard = world.now;
  // Asleep: the clock goes on and no timer of the page fires.
  dead.socket.peer = { receive() {}, gone() {} };
  dead.gone();
  const kept = world.events.filter((each) => each.timer);
  world.now += 3_600_000;
  kept.forEach((each) => { each.at += 3_600_000; });
  world.fire('visibilitychange');
  await until(() => gaps.length === 1);
  holds(gaps[0].from.getTime() <= heard, `the gap begins ${gaps[0].from.getTime() - heard} ms too late`);
  holds(gaps[0].to.getTime() >= heard + 3_600_000, 'the gap ends too early');
};

scenarios.liveWhenNobodyTakesTheMessagesThenTheyAreDroppedWithAGap = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const news = usher.subscribe('/topic/news');
  const gaps = [];
  news.on('gap', (gap) => gaps.push(gap));
  await news.ready;
  const begin = world.now;
  fill(gateway, '/topic/news', 1, 1000);
  await world.sleep(5000);
  same(gaps, [], 'gaps');
  fill(gateway, '/topic/news', 1001, 1003);
  await world.sleep(50);
  same(gaps.map(({ kind, destination: where }) => [kind, where]), [['live', '/topic/news']], 'gaps');
  holds(gaps[0].from - begin < 100 && gaps[0].to - gaps[0].from >= 4900, `from ${gaps[0].from - begin} to ${gaps[0].to - begin}`);
  const got = [];
  for await (const { text } of news) {
    got.push(text);
    if (got.length === 3) {
      break;
    }
  }
  same(got, ['1001', '1002', '1003'], 'what is left');
};

scenarios.inboxWhenNobodyTakesTheMessagesThenNoneIsLostNorKeptWithoutBound = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  let open;
  const got = [];
  const inbox = usher.subscribe('/user/queue/orders', ({ text }) => {
    got.push(Number(text));
    return got.length === 1 ? new Promise((resolve) => { open = resolve; }) : null;
  });
  const gaps = [];
  inbox.on('gap', (gap) => gaps.push(gap));
  await inbox.ready;
  fill(gateway, '/user/alice/queue/orders', 1, 1500);
  await until(() => open);
  await world.sleep(1000);
  same(frames(gateway, 'UNSUBSCRIBE').length, 1, 'asked the gateway to stop');
  open();
  await until(() => got.length >= 1500, 60_000);
  await world.sleep(100);
  same([got, gaps], [range(1, 1500), []], 'messages and gaps');
};

// Keeps the last of its messages, as usher.inbox.keep-count says.
const keep = (log, count) => { log.first = log.messages.length + 1 - count; };
const slowly = { ack: 'client', autoAck: true, inFlight: 1 };

scenarios.inboxWhenTooSlowForWhatIsKeptThenIsToldWhatIsGone = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const [got, gaps] = [[], []];
  const inbox = usher.subscribe('/user/queue/orders', async ({ offset }) => {
    got.push(offset);
    await world.sleep(400);
  }, slowly);
  inbox.on('gap', (gap) => gaps.push(gap));
  await inbox.ready;
  const log = gateway.log('/user/queue/orders', 'alice');
  const { epoch } = log;
  for (let i = 1; i <= 40; i++) {
    fill(gateway, '/user/alice/queue/orders', i, i);
    keep(log, Math.min(i, 5));
    await world.sleep(30);
  }
  await until(() => got.at(-1) === 40);
  const missing = range(1, 40).filter((each) => !got.includes(each));
  holds(missing.length > 20 && gaps.length, 'nothing was missed');
  same(gaps.flatMap(({ last, next }) => range(last.offset + 1, next.offset)), missing, 'what is told');
  const at = (offset) => log.messages[offset - 1].at;
  gaps.forEach(({ kind, last, next, from, to }) => {
    same([kind, last.epoch, next.epoch, from.getTime(), to.getTime()],
      ['expired', epoch, epoch, at(last.offset), at(next.offset + 1)], 'a gap');
  });
};

scenarios.offsetsWhenTheyMayJumpThenThereIsNoGap = async () => {
  const gateway = new Gateway();
  const [usher, other] = [await connected(gateway), await connected(gateway)];
  const gaps = [];
  [usher, other].forEach((each) => each.on('gap', (gap) => gaps.push(gap)));
  const got = [];
  const handle = ({ offset }) => { got.push(offset); };
  // Two that share a reader, by its name and by that of the destination.
  await Promise.all([usher, other].flatMap((each) => ['/user/queue/orders', '/queue/work'].map((to) => each
    .subscribe(to, handle, { ...slowly, ...to.startsWith('/user') && { durable: 'phone' } }).ready)));
  // One that refuses what comes again behind newer ones, and whose connection is lost.
  const again = [];
  await usher.subscribe('/user/queue/inbox', async ({ offset }) => {
    again.push(offset);
    await world.sleep(10);
    if (again.length % 7 === 3) {
      throw new Error('cannot now');
    }
  }, { ack: 'individual', autoAck: true, inFlight: 4 }).ready;
  for (const to of ['/user/alice/queue/orders', '/queue/work', '/user/alice/queue/inbox']) {
    fill(gateway, to, 1, 40);
  }
  await world.sleep(300);
  cutAll(gateway);
  await back(usher);
  fill(gateway, '/user/alice/queue/inbox', 41, 60);
  await until(() => new Set(got).size === 40 && again.includes(60));
  await world.sleep(5000);
  same([gaps, new Set(again).size], [[], 60], 'gaps and messages');
};

scenarios.inboxWhenSomethingIsGoneAtItsReturnThenIsToldOnce = async () => {
  for (const together of [true, false]) {
    const gateway = new Gateway();
    const usher = await connected(gateway);
    const [got, gaps] = [[], []];
    const inbox = usher.subscribe('/user/queue/orders', ({ offset }) => { got.push(offset); });
    inbox.on('gap', (gap) => gaps.push(gap));
    await inbox.ready;
    fill(gateway, '/user/alice/queue/orders', 1, 2);
    await world.sleep(100);
    const { onSUBSCRIBE } = gateway;
    gateway.onSUBSCRIBE = (connection, headers) => {
      const { write } = connection;
      const all = [];
      connection.write = (data) => all.push(data);
      onSUBSCRIBE.call(gateway, connection, headers);
      connection.write = write;
      // The RECEIPT may say the place that was asked for, and Node reads at once what comes at once.
      all[0] = all[0].replace('offset:15', 'offset:2');
      (together ? [all.join('')] : all).forEach((each) => connection.write(each));
    };
    cutAll(gateway);
    fill(gateway, '/user/alice/queue/orders', 3, 20);
    keep(gateway.log('/user/queue/orders', 'alice'), 5);
    await until(() => got.length === 7);
    fill(gateway, '/user/alice/queue/orders', 21, 21);
    await until(() => got.length === 8);
    same(got, [1, 2, ...range(16, 21)], 'messages');
    same(gaps.map(({ kind, last }) => [kind, last.offset]), [['expired', 2]], 'gaps');
    same(inbox.position.offset, 21, 'position');
    usher.close();
  }
};

scenarios.unsubscribeWhenTheConnectionIsLostThenDoesNotFail = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const [news, phone] = [usher.subscribe('/topic/news'), usher.subscribe('/user/queue/orders', { durable: 'phone' })];
  await Promise.all([news.ready, phone.ready]);
  gateway.onUNSUBSCRIBE = () => {};
  const [ended, forgotten] = [news.unsubscribe(), phone.unsubscribe({ forget: true })].map(codeOf);
  cutAll(gateway);
  same([await ended, await forgotten], ['nothing', 'connection_lost'], 'unsubscribe()');
};

scenarios.workWhenOthersTakeWhatWasLostThenOnlySoMuchIsRemembered = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const held = [];
  const work = usher.subscribe('/queue/work', ({ offset }) => { held.push(offset); }, { ack: 'individual' });
  await work.ready;
  for (let round = 0; round < 5; round++) {
    fill(gateway, '/queue/work', 1, 256);
    await world.sleep(100);
    cutAll(gateway);
    // Another one has taken them.
    [...gateway.readers.values()][0].again = [];
    await world.sleep(1);
    await until(() => work.state === 'live');
  }
  same(held, range(1, 1280), 'messages');
  const [own] = [...gateway.connections].flatMap(({ subscriptions }) => [...subscriptions.values()].filter((each) => each.reader));
  [1, 1280].forEach((offset) => own.message(gateway.log('/queue/work').messages[offset - 1], true));
  await world.sleep(100);
  same(held.slice(1280), [1], 'what is shown again');
};

scenarios.autoAckWhenThereIsNothingToAcknowledgeThenIsNothing = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const got = [];
  await usher.subscribe('/topic/news', async ({ text }) => {
    got.push(text);
    await world.sleep(10);
  }, { ack: 'auto', autoAck: true }).ready;
  fill(gateway, '/topic/news', 1, 2);
  await world.sleep(50);
  same([got, usher.snapshot().state], [['1', '2'], 'connected'], 'messages');
};

scenarios.headersWhenTheyNeedEscapingThenComeAsTheyWere = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const got = [];
  await usher.subscribe('/topic/news', ({ headers }) => { got.push(headers); }).ready;
  const [connection] = gateway.connections;
  const [own] = [...connection.subscriptions.values()].filter((each) => each.destination === '/topic/news');
  const values = { path: 'C:\\new\\red', blank: '  wide  ', lines: 'a\nb:c' };
  connection.frame('MESSAGE', { subscription: own.id, destination: '/topic/news', 'message-id': 'm', ...values });
  connection.write('MESSAGE\nsubscription:s1\ntwice:1\ntwice:2\na\\cb:1\n\n\0');
  await until(() => got.length === 2);
  const { path, blank, lines } = got[0];
  same({ path, blank, lines }, values, 'headers');
  same([got[1].twice, got[1]['a:b']], ['1', '1'], 'a repeated header, and a name');
};

scenarios.queueWhenConnectedThenNothingExpires = async () => {
  const gateway = new Gateway({ up: false });
  const usher = foreign(gateway);
  usher.connect();
  await world.sleep(100);
  const { onSEND } = gateway;
  // Slow, so that what is beyond the window still waits when its minute is over.
  gateway.onSEND = (...all) => world.after(5000, () => onSEND.apply(gateway, all));
  const results = range(1, 600).map((i) => codeOf(usher.publish('/topic/a', i)));
  await world.sleep(20_000);
  gateway.up = true;
  same([...new Set(await Promise.all(results))], ['nothing'], 'results');
};

scenarios.publishWhenAHeaderIsNoTextThenOnlyItFails = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const bad = codeOf(usher.publish('/topic/a', 1, { headers: { x: { toString() { throw new Error('mine'); } } } }));
  same([await bad, await codeOf(usher.publish('/topic/a', 2))], ['Error: mine', 'nothing'], 'results');
  await world.sleep(60_000);
  same(frames(gateway, 'CONNECT').length, 1, 'connections');
};

scenarios.publishWhenTheBytesAreChangedAfterwardsThenTheFirstAreSent = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  const sent = [];
  const bytes = new Uint8Array([65, 66]);
  usher.publish('/topic/a', bytes, { ttlSeconds: 0 });
  bytes[0] = 67;
  const { onSEND } = gateway;
  const { prototype } = WebSocket;
  const { send } = prototype;
  prototype.send = function text(data) {
    return send.call(this, typeof data === 'string' ? data : String.fromCharCode(...new Uint8Array(data)));
  };
  gateway.onSEND = function keep(connection, headers, body) {
    sent.push([body, headers.ttl]);
    onSEND.call(this, connection, headers, body);
  };
  await usher.connect();
  await until(() => sent.length === 1);
  same(sent[0], ['AB', '0'], 'body and ttl');
};

scenarios.signalsWhenDoneThenNobodyListensAnyMore = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  const { signal } = new AbortController();
  await usher.connect({ signal });
  const news = usher.subscribe('/topic/news', () => {}, { signal });
  await news.ready;
  await usher.publish('/topic/news', 1, { signal });
  await news.unsubscribe();
  same(signal.listeners.abort, [], 'listeners');
};
