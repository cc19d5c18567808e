// What is subscribed and published, over connections that come and go. Each function is a test of KitMessageTests.
const connected = async (gateway, options) => {
  const usher = foreign(gateway, options);
  await usher.connect();
  return usher;
};
const range = (from, to) => Array.from({ length: to - from + 1 }, (each, i) => from + i);
const fill = (gateway, destination, from, to) => range(from, to).forEach((i) => gateway.publish('bob', destination, String(i)));
const back = (usher) => until(() => usher.snapshot().state === 'connected');

scenarios.subscribeWhenNotConnectedThenNothingIsLost = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  const got = [];
  const news = usher.subscribe('/topic/news', ({ text }) => { got.push(text); });
  same(news.state, 'pending', 'state');
  const published = usher.publish('/topic/news', 'early');
  await world.sleep(120_000);
  await usher.connect();
  same([(await published).delivered, news.state], [1, 'live'], 'published');
  await world.sleep(50);
  same(got, ['early'], 'messages');
};

scenarios.subscribeWhenToldOfTheConnectionThenIsSubscribedOnceOnEach = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  const made = [];
  usher.on('state', ({ state }) => state === 'connected' && made.length < 1 && made.push(usher.subscribe('/topic/news', () => {})));
  usher.on('connected', () => made.length < 2 && made.push(usher.subscribe('/topic/weather', () => {})));
  await usher.connect();
  await Promise.all(made.map(({ ready }) => ready));
  const count = () => frames(gateway, 'SUBSCRIBE').filter(({ headers }) => headers.destination.startsWith('/topic')).length;
  same(count(), 2, 'SUBSCRIBEs');
  cutAll(gateway);
  await until(() => made.every(({ state }) => state === 'pending'));
  await until(() => made.every(({ state }) => state === 'live'));
  same(count(), 4, 'SUBSCRIBEs after the cut');
};

scenarios.subscribeWhenRefusedThenOnlyItFails = async () => {
  const gateway = new Gateway();
  gateway.refused.add('/topic/secret');
  const usher = await connected(gateway);
  const got = [];
  const news = usher.subscribe('/topic/news', ({ text }) => { got.push(text); });
  await news.ready;
  const begin = world.now;
  const secret = usher.subscribe('/topic/secret', () => {});
  const error = await secret.ready.catch((each) => each);
  same([error.code, error.incident, secret.state, secret.error === error], ['forbidden', 'abcd1234', 'failed', true], 'error');
  await until(() => usher.snapshot().state === 'connected' && news.state === 'live');
  holds(world.now - begin < 300, 'it waited');
  gateway.publish('bob', '/topic/news', 'x');
  await world.sleep(50);
  same(got, ['x'], 'messages');
  same(frames(gateway, 'SUBSCRIBE').filter(({ headers }) => headers.destination === '/topic/secret').length, 1, 'tries');
};

scenarios.subscribeWhenANewerTokenAllowsLessThenOnlyThatFails = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const [news, secret] = ['/topic/news', '/topic/secret'].map((each) => usher.subscribe(each, () => {}));
  await Promise.all([news.ready, secret.ready]);
  gateway.refused.add('/topic/secret');
  [...gateway.connections][0].refuse('forbidden');
  await until(() => secret.state === 'failed' && news.state === 'live');
};

scenarios.refusalsWhenManyInAMinuteThenBackOff = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const waits = [];
  usher.on('disconnected', ({ retryAt }) => waits.push(retryAt - world.now));
  for (let i = 0; i < 8; i++) {
    gateway.refused.add(`/topic/secret${i}`);
    await usher.subscribe(`/topic/secret${i}`, () => {}).ready.catch(() => {});
    await back(usher);
  }
  same(waits.slice(0, 5), [0, 0, 0, 0, 0], 'the first waits');
  holds(waits.slice(5).every((wait) => wait > 0), `${waits}`);
};

scenarios.publishWhenRefusedThenOnlyItFails = async () => {
  const gateway = new Gateway();
  gateway.refused.add('/topic/secret');
  const usher = await connected(gateway);
  const results = await Promise.allSettled(['/topic/a', '/topic/secret', '/topic/b'].map((each) => usher.publish(each, 'x')));
  same(results.map(({ status, reason }) => reason?.code ?? status), ['fulfilled', 'forbidden', 'fulfilled'], 'results');
  same(frames(gateway, 'SEND').filter(({ headers }) => headers.destination === '/topic/secret').length, 1, 'tries');
};

scenarios.publishWhenStorageIsAwayThenIsTriedAgainUntilItIsBack = async () => {
  const gateway = new Gateway();
  const { publish } = gateway;
  const usher = await connected(gateway);
  const { onSEND } = gateway;
  let away = 2;
  gateway.onSEND = function send(connection, headers, body) {
    if (headers.destination === '/queue/work' && away-- > 0) {
      connection.refuse('storage_unavailable', { 'receipt-id': headers.receipt, 'retry-after': 1 });
    } else {
      onSEND.call(this, connection, headers, body);
    }
  };
  const { offset, repeated } = await usher.publish('/queue/work', 'x');
  same([offset, repeated, publish === gateway.publish], [1, false, true], 'published');
};

scenarios.publishWhenItIsNoDestinationThenNothingIsSent = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  gateway.frames = [];
  const bad = ['', 'news', '/topic/', '/topic/a b', '/topic/*', '/topic/../x', '/topic/a//b', '/queue/%41', '/user/topic/news',
    '/user/a%2f/topic/x', `/topic/${'x'.repeat(256)}`, '/exchange/x', null, 7];
  for (const each of bad) {
    same(await codeOf(usher.publish(each, 'x')), 'bad_destination', String(each));
  }
  for (const each of [...bad.filter((one) => one !== '/user/topic/news'), '/user/bob/topic/news']) {
    const subscription = usher.subscribe(each, () => {});
    same([subscription.state, await codeOf(subscription.ready)], ['failed', 'bad_destination'], String(each));
  }
  same(gateway.frames, [], 'frames');
  same(destination.toUser('auth0|a/b%c', 'queue', 'orders'), '/user/auth0|a%2Fb%25c/queue/orders', 'toUser');
  destination.check('/user/ann@example.org/topic/x.y_z-1');
};

scenarios.publishWhenBodiesDifferThenEachHasItsType = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  await usher.publish('/topic/a', 'text');
  await usher.publish('/topic/a', { n: 1 }, { headers: { importance: 'low', id: 'forged', receipt: 'forged' }, ttlSeconds: 5, id: 'mine' });
  await usher.publish('/topic/a', null, { contentType: 'application/vnd.x+json' });
  const sent = frames(gateway, 'SEND').filter(({ headers }) => headers.destination === '/topic/a').map(({ headers }) => headers);
  same(sent.map((each) => each['content-type']), ['text/plain', 'application/json', 'application/vnd.x+json'], 'types');
  same([sent[1].id, sent[1].importance, sent[1].ttl], ['mine', 'low', '5'], 'headers');
  same(await codeOf(usher.publish('/topic/a', undefined)), 'bad_request', 'no body at all');
};

scenarios.publishWhenTheGatewayReadsNoHeaderBehindABadOneThenOnlyItFails = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const long = 'y'.repeat(5000);
  const many = Object.fromEntries(range(1, 70).map((i) => [`h${i}`, 'x']));
  const bad = [{ big: long }, { 1: long }, many];
  for (const headers of bad) {
    const results = [{}, headers, {}].map((each) => codeOf(usher.publish('/topic/a', 'x', { headers: each })));
    same(await Promise.all(results), ['nothing', 'too_large', 'nothing'], 'results');
  }
  same([usher.snapshot().state, frames(gateway, 'CONNECT').length], ['connected', 1 + bad.length], 'connections');
};

scenarios.publishWhenAHeaderCannotBeSentThenOnlyItFailsAndNothingIsSent = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  const bad = [...['', 'a b', 'a:b', 'a\nb', 'a\0', 'ä'].map((each) => ({ headers: { [each]: 'x' } })),
    { headers: { a: 'b\0c' } }, { contentType: 'a\0' }, { id: 'a\0' }];
  const check = async (what) => {
    for (const each of bad) {
      const result = codeOf(usher.publish('/topic/a', 'x', each));
      same(await Promise.race([result, world.sleep(1000)]), 'bad_request', `${what}: ${JSON.stringify(each)}`);
    }
  };
  await check('offline');
  same(usher.snapshot().queued, 0, 'queued');
  await usher.connect();
  const news = usher.subscribe('/topic/news', () => {});
  await news.ready;
  gateway.frames = [];
  await check('connected');
  const phone = usher.subscribe('/user/queue/orders', () => {}, { durable: 'a\0b' });
  same([await codeOf(phone.ready), phone.state], ['bad_request', 'failed'], 'a durable name');
  same([gateway.frames, news.state], [[], 'live'], 'frames');
  same(await codeOf(usher.publish('/topic/a', 'x', { headers: { 'a~!': 'ä\n:\\' } })), 'nothing', 'a good one');
};

scenarios.publishWhenHeadersAreTheKitsOwnThenTheyDoNotCount = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const { prototype } = WebSocket;
  const { send } = prototype;
  const sent = [];
  prototype.send = function keep(data) {
    sent.push(data);
    send.call(this, data);
  };
  const own = { receipt: 'mine', 'content-length': 1, destination: '/topic/b', id: 'forged', 'content-type': 'text/x' };
  await usher.publish('/topic/a', 'abc', { headers: own });
  const [lines] = sent[0].split('\n\n');
  const names = lines.split('\n').slice(1).map((line) => line.split(':')[0]);
  same([names[0], names.length], ['receipt', new Set(names).size], 'the first header, and how many');
  holds(/^content-length:3$/m.test(lines) && /^destination:\/topic\/a$/m.test(lines), lines);
  prototype.send = send;
};

scenarios.publishWhenManyThenAWindowOfThemIsUnderWay = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  gateway.frames = [];
  gateway.onSEND = () => {};
  range(1, 200).forEach((i) => usher.publish('/topic/a', i).catch(() => {}));
  await world.sleep(1000);
  same(frames(gateway, 'SEND').length, 64, 'messages');
  const large = await connected(gateway);
  gateway.frames = [];
  range(1, 20).forEach(() => large.publish('/topic/a', 'x'.repeat(50_000)).catch(() => {}));
  await world.sleep(1000);
  same(frames(gateway, 'SEND').length, 5, 'large messages');
};

scenarios.publishWhenManyThenStaysBelowTheRateOfTheGateway = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway, { queue: { messages: 5000 } });
  const begin = world.now;
  await Promise.all(range(1, 3000).map((i) => usher.publish('/topic/a', i)));
  holds(world.now - begin >= 3000, `took ${world.now - begin}`);
};

scenarios.queueWhenFullThenRejects = async () => {
  const gateway = new Gateway({ up: false });
  const usher = foreign(gateway);
  const results = range(1, 1001).map((i) => codeOf(usher.publish('/topic/a', i)));
  same(await results[1000], 'queue_full', 'one too many');
  same(usher.snapshot().queued, 1000, 'queued');
  const large = foreign(gateway);
  large.publish('/topic/a', 'x'.repeat(1024 * 1024)).catch(() => {});
  same(await codeOf(large.publish('/topic/a', 'x')), 'queue_full', 'a byte too many');
  same(await codeOf(large.publish('/topic/a', 'x', { queue: false })), 'connection_lost', 'without waiting');
};

scenarios.queueWhenNoConnectionComesForAMinuteThenRejects = async () => {
  const gateway = new Gateway({ up: false });
  const usher = foreign(gateway, { backoff: { max: 5000 } });
  const early = codeOf(usher.publish('/topic/a', 1));
  await world.sleep(300_000);
  usher.connect();
  const begin = world.now;
  const late = world.sleep(30_000).then(() => codeOf(usher.publish('/topic/a', 2)));
  same(await early, 'queue_expired', 'the first');
  holds(world.now - begin >= 60_000 && world.now - begin < 61_000, `after ${world.now - begin}`);
  gateway.up = true;
  same(await late, 'nothing', 'the second');
};

scenarios.queueWhenAbortedThenIsNotSent = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  const control = new AbortController();
  const result = usher.publish('/topic/a', 1, { signal: control.signal }).catch((error) => error.name);
  control.abort();
  same(await result, 'AbortError', 'rejects');
  await usher.connect();
  await world.sleep(100);
  same(frames(gateway, 'SEND').length, 0, 'sent');
};

scenarios.reconnectWhenDoneThenSubscribesBeforeItSendsAndWhatWasUnconfirmedFirst = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  await usher.subscribe('/topic/news', () => {}).ready;
  const { onSEND } = gateway;
  gateway.onSEND = () => {};
  // More than may be under way, so that some of them wait when the connection is lost.
  const published = range(1, 70).map((i) => usher.publish('/topic/a', i, { id: `id${i}` }));
  await world.sleep(100);
  gateway.onSEND = onSEND;
  gateway.frames = [];
  cutAll(gateway);
  await Promise.all(published);
  const anew = gateway.frames.filter(({ headers }) => headers.destination !== '/user/topic/session');
  same(anew.map(({ command, headers }) => headers.id ?? command), ['CONNECT', 's1', ...range(1, 70).map((i) => `id${i}`)], 'frames');
  holds(anew[2].at >= anew[1].at + 2 * world.latency, 'it was sent before the subscription was confirmed');
};

scenarios.receiptWhenItNeverComesThenTheConnectionIsGivenUp = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const { onSEND } = gateway;
  let silent = true;
  gateway.onSEND = function send(...all) {
    silent ? silent = false : onSEND.apply(this, all);
  };
  const begin = world.now;
  await usher.publish('/topic/a', 1);
  holds(world.now - begin >= 15_000 && world.now - begin < 17_000, `after ${world.now - begin}`);
};

scenarios.storedWhenConnectionIsLostThenResumesBehindTheLastAndDropsRepeats = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const got = [];
  const inbox = usher.subscribe('/user/queue/orders', ({ text }) => { got.push(Number(text)); });
  await inbox.ready;
  fill(gateway, '/user/alice/queue/orders', 1, 5);
  await world.sleep(50);
  same(inbox.position.offset, 5, 'position');
  cutAll(gateway);
  fill(gateway, '/user/alice/queue/orders', 6, 9);
  await until(() => got.length === 9);
  same(got, range(1, 9), 'messages');
  same(frames(gateway, 'SUBSCRIBE').at(-1).headers.offset, '5', 'resumed from');
  const own = [...[...gateway.connections][0].subscriptions.values()].find((each) => each.reader);
  own.message(own.reader.log.messages[7], true);
  await world.sleep(50);
  same(got.length, 9, 'a repeat was shown');
};

scenarios.storedWhenHandlersAreSlowThenOneMessageIsHandledAtATime = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const log = [];
  usher.subscribe('/user/queue/orders', async ({ text }) => {
    log.push(`begin ${text}`);
    await world.sleep(500);
    log.push(`end ${text}`);
  });
  await world.sleep(50);
  fill(gateway, '/user/alice/queue/orders', 1, 4);
  await world.sleep(700);
  cutAll(gateway);
  await until(() => log.length === 8);
  same(log, range(1, 4).flatMap((i) => [`begin ${i}`, `end ${i}`]), 'order');
};

scenarios.storedWhenSomethingIsGoneThenThereIsAGap = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const gaps = [];
  usher.on('gap', (gap) => gaps.push(gap));
  await usher.subscribe('/user/queue/orders', () => {}).ready;
  fill(gateway, '/user/alice/queue/orders', 1, 3);
  await world.sleep(50);
  gateway.up = false;
  cutAll(gateway);
  await world.sleep(5000);
  fill(gateway, '/user/alice/queue/orders', 4, 9);
  const log = gateway.log('/user/queue/orders', 'alice');
  log.first = 8;
  gateway.up = true;
  await back(usher);
  await world.sleep(50);
  const [{ kind, destination: where, last, next, from, to }] = gaps;
  same([kind, where, last.offset, next.offset], ['expired', '/user/queue/orders', 3, 7], 'gap');
  holds(to - from >= 5000 && to - from < 120_000, `from ${from} to ${to}`);
  gateway.logs.clear();
  cutAll(gateway);
  await until(() => gaps.length === 2);
  same(gaps[1].kind, 'epoch', 'the second gap');
};

scenarios.liveWhenConnectionWasLostThenThereIsAGap = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const gaps = [];
  const news = usher.subscribe('/topic/news', () => {});
  news.on('gap', (gap) => gaps.push(gap));
  await news.ready;
  same(gaps, [], 'gaps before');
  const lost = world.now;
  cutAll(gateway);
  await until(() => gaps.length === 1);
  same([gaps[0].kind, gaps[0].from.getTime(), gaps[0].to.getTime() > lost], ['live', lost, true], 'gap');
  gateway.notify([...gateway.connections][0], { event: 'gap', seconds: 3 });
  await until(() => gaps.length === 2);
  same(gaps[1].to - gaps[1].from, 3000, 'what other nodes said');
};

scenarios.durableWhenHandlerThrowsThenTheMessageComesAgain = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const got = [];
  await usher.subscribe('/user/queue/orders', ({ text, redelivered }) => {
    got.push(`${text}${redelivered ? ' again' : ''}`);
    if (got.length === 2) {
      throw new Error('cannot now');
    }
  }, { durable: 'phone' }).ready;
  fill(gateway, '/user/alice/queue/orders', 1, 4);
  await until(() => got.length === 5);
  same(got, ['1', '2', '3', '4', '2 again'], 'messages');
  await world.sleep(100);
  const [reader] = gateway.readers.values();
  same([reader.open.size, reader.again.length], [0, 0], 'unacknowledged');
  same(world.errors, ['cannot now'], 'errors');
};

scenarios.durableWhenAcksAreLostThenNoMessageIsShownTwice = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const got = [];
  const { onACK } = gateway;
  await usher.subscribe('/user/queue/orders', ({ text }) => { got.push(Number(text)); }, { durable: 'phone' }).ready;
  gateway.onACK = () => {};
  fill(gateway, '/user/alice/queue/orders', 1, 50);
  await world.sleep(100);
  same(got, range(1, 50), 'messages');
  gateway.onACK = onACK;
  cutAll(gateway);
  await back(usher);
  fill(gateway, '/user/alice/queue/orders', 51, 60);
  await world.sleep(1000);
  same(got, range(1, 60), 'messages after the cut');
  const [reader] = gateway.readers.values();
  same([reader.open.size, reader.again.length], [0, 0], 'unacknowledged');
};

scenarios.durableWhenAHandledMessageComesAgainThenItsAckCoversNoneThatIsNotHandled = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const got = [];
  let handled;
  const { onACK } = gateway;
  gateway.onACK = () => {};
  await usher.subscribe('/user/queue/orders', ({ text }) => {
    got.push(text);
    if (got.length === 1) {
      throw new Error('cannot now');
    }
    return text === '1' ? new Promise((resolve) => { handled = resolve; }) : undefined;
  }, { durable: 'phone' }).ready;
  fill(gateway, '/user/alice/queue/orders', 1, 4);
  await until(() => handled);
  gateway.onACK = onACK;
  cutAll(gateway);
  await back(usher);
  await world.sleep(1000);
  const [reader] = gateway.readers.values();
  same([...reader.open.keys()].includes(1), true, 'the one that is being handled is still open');
  handled();
  await world.sleep(1000);
  same([reader.open.size, reader.again.length], [0, 0], 'unacknowledged');
  same(got, ['1', '2', '3', '4', '1'], 'messages');
};

scenarios.durableWhenAHandledMessageIsRefusedWithALaterOneThenItIsNotShownAgain = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const got = [];
  let refuse;
  await usher.subscribe('/user/queue/orders', async ({ text, redelivered }) => {
    got.push(text);
    if (text === '2' && !redelivered) {
      await new Promise((resolve, reject) => { refuse = reject; });
    } else if (text === '3' && !redelivered) {
      throw new Error('cannot now');
    }
  }, { durable: 'phone' }).ready;
  const [first] = gateway.connections;
  const [reader] = gateway.readers.values();
  // The client loses the connection and the ACK of 1, and the gateway does not notice yet.
  first.receive = () => {};
  first.gone = () => {};
  fill(gateway, '/user/alice/queue/orders', 1, 1);
  await world.sleep(100);
  reader.members[0].out = 256;
  first.socket.cut();
  await until(() => reader.members.length === 2);
  fill(gateway, '/user/alice/queue/orders', 2, 2);
  await until(() => refuse);
  delete first.gone;
  first.gone();
  fill(gateway, '/user/alice/queue/orders', 3, 3);
  await world.sleep(100);
  same([...reader.open.keys()], [2, 1, 3], 'what the second connection was given');
  refuse(new Error('cannot now'));
  await until(() => got.length === 3);
  fill(gateway, '/user/alice/queue/orders', 4, 4);
  await world.sleep(3000);
  same(got, ['1', '2', '3', '4', '2', '3'], 'messages');
  same([reader.open.size, reader.again.length], [0, 0], 'unacknowledged');
};

scenarios.durableWhenApplicationAcknowledgesThenItMayTakeItsTime = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const held = [];
  await usher.subscribe('/user/queue/orders', (message) => { held.push(message); }, { durable: 'phone', ack: 'individual' }).ready;
  fill(gateway, '/user/alice/queue/orders', 1, 3);
  await world.sleep(50);
  await held[1].ack();
  cutAll(gateway);
  await world.sleep(0);
  same(await codeOf(held[2].ack()), 'connection_lost', 'an ACK without a connection');
  await back(usher);
  await world.sleep(100);
  same(held.length, 3, 'what is still held was shown again');
  await held[0].ack();
  await world.sleep(100);
  const [reader] = gateway.readers.values();
  same([reader.open.size, reader.again.length, frames(gateway, 'CONNECT').length], [0, 0, 2], 'unacknowledged');
};

scenarios.durableWhenForgottenThenSaysSo = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const inbox = usher.subscribe('/user/queue/orders', () => {}, { durable: 'phone' });
  await inbox.ready;
  await inbox.unsubscribe({ forget: true });
  same([frames(gateway, 'UNSUBSCRIBE')[0].headers.forget, inbox.state], ['true', 'ended'], 'frame');
};

scenarios.workWhenSeveralTakeItThenEachMessageIsHandledOnce = async () => {
  const gateway = new Gateway();
  const got = [];
  const workers = await Promise.all(range(1, 3).map(() => connected(gateway)));
  await Promise.all(workers.map((each, i) => each.subscribe('/queue/work', async ({ text }) => {
    got.push(Number(text));
    await world.sleep(10 * (i + 1));
  }, { inFlight: 1 }).ready));
  fill(gateway, '/queue/work', 1, 60);
  await until(() => got.length >= 60);
  await world.sleep(500);
  same(got.sort((a, b) => a - b), range(1, 60), 'messages');
};

scenarios.iteratorWhenUsedThenAMessageIsHandledWhenTheNextIsAskedFor = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const inbox = usher.subscribe('/user/queue/orders');
  await inbox.ready;
  fill(gateway, '/user/alice/queue/orders', 1, 5);
  const got = [];
  for await (const message of inbox) {
    got.push([Number(message.text), inbox.position.offset]);
    if (got.length === 3) {
      break;
    }
  }
  same(got, [[1, 0], [2, 1], [3, 2]], 'messages and positions');
  same(inbox.state, 'ended', 'state');
  gateway.refused.add('/topic/secret');
  const failed = usher.subscribe('/topic/secret');
  same(await codeOf((async () => {
    for await (const message of failed) {
      holds(!message, 'a message');
    }
  })()), 'forbidden', 'a refused one');
};

scenarios.handlerWhenItThrowsThenTheNextMessageComes = async () => {
  const gateway = new Gateway();
  const usher = await connected(gateway);
  const got = [];
  await usher.subscribe('/topic/news', ({ text }) => {
    got.push(text);
    throw new Error('mine');
  }).ready;
  fill(gateway, '/topic/news', 1, 2);
  await world.sleep(100);
  same([got, world.errors], [['1', '2'], ['mine', 'mine']], 'messages and errors');
};

scenarios.snapshotWhenNothingChangedThenIsTheSame = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  let changes = 0;
  usher.onChange(() => changes++);
  const seen = [];
  usher.subscribeState(({ state }) => seen.push(state));
  holds(usher.snapshot() === usher.snapshot(), 'another object');
  await usher.connect();
  const first = usher.snapshot();
  await world.sleep(30_000);
  holds(first === usher.snapshot(), 'another object');
  range(1, 100).forEach((i) => usher.publish('/topic/a', i));
  await null;
  await null;
  holds(changes < 10, `${changes} changes`);
  same([...new Set(seen)], ['idle', 'connecting', 'connected'], 'states');
};

// The gateway's word and the network's: 1,000 times a connection is gone while 10,000 messages are published and read, in the middle of whatever happens.
scenarios.cutsWhenAThousandThenNothingIsLostRepeatedOrReordered = async () => {
  const size = 10_000 * world.scale;
  const gateway = new Gateway({ spread: 0 });
  const options = { backoff: { first: 20, max: 20 } };
  const writer = await connected(gateway, options);
  const readers = await Promise.all([{}, { durable: 'phone' }].map(async (given) => {
    const got = [];
    const usher = await connected(gateway, options);
    await usher.subscribe('/user/queue/orders', ({ text }) => { got.push(Number(text)); }, given).ready;
    return got;
  }));
  let cuts = 0;
  const chaos = async () => {
    while (cuts < size / 10) {
      await world.sleep(Math.random() * 40);
      const all = [...gateway.connections];
      if (all.length) {
        all[Math.floor(Math.random() * all.length)].socket.cut();
        cuts++;
      }
    }
  };
  const results = [];
  const write = async () => {
    for (let i = 1; i <= size; i++) {
      results.push(writer.publish('/user/alice/queue/orders', String(i)));
      if (i % 50 === 0) {
        await Promise.all(results.slice(-50));
      }
    }
  };
  await Promise.all([chaos(), write()]);
  same((await Promise.all(results)).map(({ offset }) => offset), range(1, size), 'offsets');
  await until(() => readers.every((got) => got.length >= size));
  await world.sleep(1000);
  readers.forEach((got) => same(got, range(1, size), 'messages'));
  same([cuts, gateway.log('/user/queue/orders', 'alice').messages.length], [size / 10, size], 'cuts and messages');
};
