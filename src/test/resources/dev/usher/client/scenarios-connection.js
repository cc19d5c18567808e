// When to come back, with what, and when not to. Each function is a test of KitConnectionTests.
const scenarios = globalThis.scenarios = {};

const same = (actual, expected, what) => {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`${what}: ${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`);
  }
};
const holds = (condition, what) => {
  if (!condition) {
    throw new Error(what);
  }
};
const codeOf = (promise) => promise.then(() => 'nothing', (error) => error.code ?? String(error));

const make = (options = {}, tab = null) => world.as(tab, () => new Usher({ url: 'http://gateway.test', tabs: false, ...options }));

// One with tokens of an identity provider of its own.
const foreign = (gateway, options = {}, user = 'alice') => make({ token: () => gateway.mint(user), ...options });

const until = async (condition, limit = 600_000) => {
  const end = world.now + limit;
  while (!condition()) {
    holds(world.now < end, `did not happen: ${condition}`);
    await world.sleep(50);
  }
};
const frames = (gateway, command) => gateway.frames.filter((each) => each.command === command);
const cutAll = (gateway) => [...gateway.connections].forEach((each) => each.socket.cut());
Object.assign(globalThis, { same, holds, codeOf, make, foreign, until, frames, cutAll });

scenarios.reconnectWhenToldHowLongThenWaitsThatLong = async () => {
  const gateway = new Gateway();
  gateway.refusal = () => (frames(gateway, 'CONNECT').length === 1 ? ['overloaded', { 'retry-after': 7 }] : null);
  const usher = foreign(gateway);
  await usher.connect();
  const [first, second] = frames(gateway, 'CONNECT').map((each) => each.at);
  holds(second - first >= 7000 && second - first < 8000, `came after ${second - first}`);
};

scenarios.reconnectWhenNobodyAnswersThenWaitsARandomTimeThatDoubles = async () => {
  const gateway = new Gateway({ up: false });
  const usher = foreign(gateway);
  const waits = [];
  usher.on('state', ({ state, retryAt }) => state === 'waiting' && waits.push(retryAt - world.now));
  usher.connect();
  await until(() => waits.length >= 12, 3_600_000);
  waits.forEach((wait, n) => holds(wait <= Math.min(60_000, 500 * 2 ** n), `${wait} after ${n} failures`));
  holds(new Set(waits).size > 10 && Math.max(...waits) > 10_000, `these are not random: ${waits}`);
  same(usher.snapshot().error.code, 'unreachable', 'error');
  gateway.up = true;
  await until(() => usher.snapshot().state === 'connected');
};

scenarios.reconnectWhenConnectedForHalfAMinuteThenTheFirstWaitIsShortAgain = async () => {
  const gateway = new Gateway({ up: false });
  const usher = foreign(gateway);
  usher.connect();
  await until(() => usher.snapshot().attempt > 6, 3_600_000);
  gateway.up = true;
  await until(() => usher.snapshot().state === 'connected');
  await world.sleep(31_000);
  let wait = null;
  usher.on('disconnected', ({ retryAt }) => { wait = retryAt - world.now; });
  cutAll(gateway);
  await until(() => wait !== null);
  holds(wait <= 1000, `waits ${wait}`);
};

const crowd = async (gateway, size) => {
  const all = Array.from({ length: size }, () => foreign(gateway));
  await Promise.all(all.map((each) => each.connect()));
  gateway.frames = [];
};

scenarios.crowdWhenLostAtOnceThenComesBackSpreadOut = async () => {
  const gateway = new Gateway({ spread: 10 });
  const size = 1000 * world.scale;
  await crowd(gateway, size);
  const begin = world.now;
  cutAll(gateway);
  await until(() => frames(gateway, 'CONNECT').length === size);
  const halves = new Map();
  frames(gateway, 'CONNECT').forEach(({ at }) => {
    const half = Math.floor((at - begin) / 500);
    halves.set(half, (halves.get(half) ?? 0) + 1);
  });
  // 50 of 1,000 are the mean, 3.6 standard deviations more the bound: 75.
  holds(Math.max(...halves.values()) <= size / 20 + 3.6 * Math.sqrt(size / 20), `${[...halves.values()]}`);
  holds(halves.size >= 19, 'came within less than the spread');
};

scenarios.crowdWhenToldHowLongThenNobodyComesBefore = async () => {
  const gateway = new Gateway();
  const size = 1000 * world.scale;
  await crowd(gateway, size);
  const told = new Map();
  const begin = world.now;
  [...gateway.connections].forEach((each, i) => {
    // Each is another user's, by the number in its token.
    told.set(i, 5 + i % 25);
    each.refuse('draining', { 'retry-after': 5 + i % 25 });
  });
  await until(() => frames(gateway, 'CONNECT').length === size);
  const came = frames(gateway, 'CONNECT').map(({ at }) => at - begin).sort((a, b) => a - b);
  const allowed = [...told.values()].sort((a, b) => a - b);
  came.forEach((at, i) => holds(at >= allowed[i] * 1000, `the ${i}th came after ${at}, allowed was ${allowed[i]} s`));
};

scenarios.refreshWhenAskedForThenRefreshesOnceAndReconnectsAtOnce = async () => {
  const gateway = new Gateway();
  const usher = make();
  await usher.login({ username: 'alice', password: 'wonderland' });
  await usher.connect();
  const begin = world.now;
  [...gateway.connections][0].refuse('token_expired');
  await until(() => frames(gateway, 'CONNECT').length === 2);
  same(gateway.rotations, 1, 'refreshes');
  holds(world.now - begin < 200, 'it waited');
};

scenarios.refreshWhenRefusedAgainAndAgainThenBacksOff = async () => {
  const gateway = new Gateway();
  gateway.refusal = () => ['token_expired'];
  const usher = foreign(gateway);
  usher.connect();
  await world.sleep(10_000);
  holds(frames(gateway, 'CONNECT').length < 15, `${frames(gateway, 'CONNECT').length} tries in 10 s`);
};

scenarios.loginWhenAskedForThenIsSignedOutAndComesBackWithALogin = async () => {
  const gateway = new Gateway();
  const usher = make();
  const heard = [];
  usher.on('signedout', (event) => heard.push(event));
  await usher.login({ username: 'alice', password: 'wonderland' });
  await usher.connect();
  [...gateway.connections][0].refuse('revoked');
  await until(() => usher.snapshot().state === 'signedout');
  same(heard, [{ code: 'revoked', byTab: false }], 'signedout');
  same(await codeOf(usher.me()), 'signed_out', 'calls without a token');
  await usher.login({ username: 'alice', password: 'wonderland' });
  await until(() => usher.snapshot().state === 'connected', 1000);
};

scenarios.tokenWhenRefusedThenIsAskedForOnceMore = async () => {
  const gateway = new Gateway();
  const reasons = [];
  const usher = make({ token: ({ reason }) => {
    reasons.push(reason);
    return reasons.length === 1 ? 'bad' : gateway.mint('alice');
  } });
  await usher.connect();
  same(reasons, ['connect', 'refused'], 'reasons');
  const stubborn = make({ token: () => 'bad' });
  same(await codeOf(stubborn.connect()), 'unauthorized', 'a token that is bad twice');
  same(stubborn.snapshot().state, 'signedout', 'state');
};

scenarios.tokenWhenItsFunctionFailsThenIsAskedAgainLater = async () => {
  const gateway = new Gateway();
  let asked = 0;
  const usher = make({ token: async () => {
    if (++asked < 3) {
      throw new Error('provider away');
    }
    return asked < 4 ? new Promise(() => {}) : gateway.mint('alice');
  } });
  await usher.connect();
  same(asked, 4, 'asked');
};

scenarios.tokenWhenSeveralWantItThenIsAskedForOnce = async () => {
  const gateway = new Gateway();
  let asked = 0;
  const usher = make({ token: async () => {
    asked++;
    await world.sleep(100);
    return gateway.mint('alice');
  } });
  await Promise.all([usher.connect(), usher.me(), usher.me()]);
  same(asked, 1, 'asked');
};

scenarios.connectWhenRefusedForGoodThenStaysSoUntilAskedAgain = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  await usher.connect();
  [...gateway.connections][0].refuse('replaced');
  await until(() => usher.snapshot().state === 'refused');
  await world.sleep(3_600_000);
  same([usher.snapshot().state, frames(gateway, 'CONNECT').length], ['refused', 1], 'state');
  await usher.connect();
};

scenarios.connectWhenThereIsNoWebSocketThenSaysWhatHelps = async () => {
  const kept = globalThis.WebSocket;
  globalThis.WebSocket = undefined;
  const error = await make({ token: () => 'x' }).connect().catch((each) => each);
  globalThis.WebSocket = kept;
  same(error.code, 'no_websocket', 'code');
  holds(error.message.includes('--experimental-websocket'), error.message);
};

scenarios.connectWhenTheSocketCannotBeMadeThenIsTriedAgain = async () => {
  const gateway = new Gateway();
  let made = 0;
  const usher = foreign(gateway, { WebSocket: class extends WebSocket {
    constructor(...all) {
      if (!made++) {
        throw new Error('SecurityError');
      }
      super(...all);
    }
  } });
  await usher.connect();
  same(made, 2, 'tries');
};

scenarios.connectWhenGatewayIsSilentThenGivesUpAfterTenSeconds = async () => {
  const gateway = new Gateway();
  const { onCONNECT } = gateway;
  gateway.onCONNECT = () => {};
  const usher = foreign(gateway);
  usher.connect();
  await until(() => usher.snapshot().error?.code === 'timeout', 11_000);
  gateway.onCONNECT = onCONNECT;
  await until(() => usher.snapshot().state === 'connected');
};

scenarios.connectWhenAbortedThenRejectsAndStops = async () => {
  const gateway = new Gateway({ up: false });
  const usher = foreign(gateway);
  const control = new AbortController();
  const result = usher.connect({ signal: control.signal }).catch((error) => error.name);
  await world.sleep(5000);
  control.abort();
  same(await result, 'AbortError', 'rejects');
  await world.sleep(1000);
  same(usher.snapshot().state, 'idle', 'state');
};

scenarios.offlineWhenBrowserSaysSoThenWaitsForTheNetwork = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  await usher.connect();
  world.online = false;
  gateway.up = false;
  cutAll(gateway);
  await until(() => usher.snapshot().state === 'offline');
  await world.sleep(600_000);
  same(usher.snapshot().state, 'offline', 'state');
  Object.assign(world, { online: true });
  gateway.up = true;
  world.fire('online');
  await until(() => usher.snapshot().state === 'connected', 200);
};

scenarios.hiddenTabWhenTenMinutesPassThenNothingEnds = async () => {
  const gateway = new Gateway();
  const tab = world.open('hidden');
  const usher = make({ token: () => gateway.mint('alice') }, tab);
  await world.as(tab, () => usher.connect());
  world.hidden.add(tab);
  await world.sleep(600_000);
  same([frames(gateway, 'CONNECT').length, usher.snapshot().state], [1, 'connected'], 'connections');
};

scenarios.hiddenTabWhenMessagesFlowThenItAnswersThemToo = async () => {
  const gateway = new Gateway();
  const tab = world.open('hidden');
  const usher = make({ token: () => gateway.mint('alice') }, tab);
  await world.as(tab, () => usher.connect());
  world.as(tab, () => usher.subscribe('/topic/news', () => {}));
  world.hidden.add(tab);
  for (let i = 0; i < 120; i++) {
    // So often that the gateway has no need of a beat of its own.
    await world.sleep(1000);
    gateway.publish('bob', '/topic/news', 'x');
  }
  same(frames(gateway, 'CONNECT').length, 1, 'connections');
};

scenarios.hiddenTabWhenItsTokenEndsThenRenewsWithoutATimer = async () => {
  const gateway = new Gateway({ lifetime: 100_000 });
  const tab = world.open('hidden');
  const usher = make({ token: () => gateway.mint('alice') }, tab);
  let renewed = 0;
  usher.on('renewed', () => renewed++);
  await world.as(tab, () => usher.connect());
  world.hidden.add(tab);
  await world.sleep(600_000);
  same(frames(gateway, 'CONNECT').length, 1, 'connections');
  holds(renewed >= 6, `renewed ${renewed} times`);
};

scenarios.wakingWhenConnectionIsDeadThenReconnectsAfterThreeSeconds = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  await usher.connect();
  const [dead] = gateway.connections;
  // Nothing goes through any more, and nobody is told.
  dead.socket.peer = { receive() {}, gone() {} };
  dead.gone();
  const begin = world.now;
  world.fire('visibilitychange');
  await until(() => frames(gateway, 'CONNECT').length === 2);
  holds(world.now - begin >= 3000 && world.now - begin < 3500, `after ${world.now - begin}`);
};

scenarios.wakingWhenConnectionIsAliveThenStays = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  await usher.connect();
  ['visibilitychange', 'pageshow', 'online'].forEach(world.fire);
  await world.sleep(10_000);
  same(frames(gateway, 'CONNECT').length, 1, 'connections');
  same(frames(gateway, 'SEND').map(({ headers }) => headers.destination), Array(3).fill('/app/ping'), 'pings');
};

scenarios.renewalsWhenTokensAreShortThenNoMessageIsLost = async () => {
  const gateway = new Gateway({ lifetime: 20_000 });
  const usher = make();
  await usher.login({ username: 'alice', password: 'wonderland' });
  await usher.connect();
  const got = [];
  let renewed = 0;
  usher.on('renewed', () => renewed++);
  await usher.subscribe('/user/topic/news', ({ text }) => { got.push(Number(text)); }).ready;
  let sent = 0;
  const end = world.now + 50 * 20_000;
  while (renewed < 50) {
    holds(world.now < end, `${renewed} renewals`);
    gateway.publish('bob', '/user/alice/topic/news', String(sent++));
    await world.sleep(500);
  }
  await world.sleep(100);
  same(got, Array.from({ length: sent }, (each, i) => i), 'messages');
  same([frames(gateway, 'CONNECT').length, gateway.rotations], [1, 50], 'connections and refreshes');
};

scenarios.renewalWhenRefreshFailsThenIsTriedAgainBeforeTheEnd = async () => {
  const gateway = new Gateway({ lifetime: 120_000 });
  let away = true;
  const usher = make({ token: ({ reason }) => {
    if (reason === 'renew' && away) {
      throw new Error('away');
    }
    return gateway.mint('alice');
  } });
  await usher.connect();
  await world.sleep(100_000);
  away = false;
  await world.sleep(60_000);
  same(frames(gateway, 'CONNECT').length, 1, 'connections');
};

scenarios.renewalWhenTokensLiveForAYearThenNoTimerOverflows = async () => {
  const gateway = new Gateway({ lifetime: 365 * 86_400_000 });
  let asked = 0;
  await make({ token: () => { asked++; return gateway.mint('alice'); } }).connect();
  await world.sleep(60_000);
  same(asked, 1, 'asked');
};

scenarios.disconnectWhenMessagesWaitThenTheyGoFirst = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  await usher.connect();
  const published = Array.from({ length: 200 }, (each, i) => usher.publish('/topic/news', i));
  await usher.disconnect();
  await Promise.all(published);
  same(gateway.frames.at(-1).command, 'DISCONNECT', 'the last frame');
  same([usher.snapshot().state, gateway.connections.size], ['idle', 0], 'state');
};

scenarios.disconnectWhenGatewayIsSilentThenEndsAfterFiveSeconds = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  await usher.connect();
  [...gateway.connections][0].socket.peer = { receive() {}, gone() {} };
  const begin = world.now;
  await usher.disconnect();
  holds(world.now - begin >= 4900 && world.now - begin < 5200, `after ${world.now - begin}`);
};

scenarios.disconnectWhenTakenBackInTheSameTaskThenNothingHappens = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  // What StrictMode does: mount, unmount, mount.
  const first = usher.connect();
  usher.disconnect();
  const second = usher.connect();
  await Promise.all([first, second]);
  usher.disconnect();
  await usher.connect();
  await world.sleep(20_000);
  same([frames(gateway, 'CONNECT').length, frames(gateway, 'DISCONNECT').length], [1, 0], 'frames');
};

scenarios.disconnectWhenConnectFollowsLaterThenConnectsAnew = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  await usher.connect();
  const ended = usher.disconnect();
  await world.sleep(3);
  await usher.connect();
  await ended;
  same([frames(gateway, 'CONNECT').length, usher.snapshot().state], [2, 'connected'], 'state');
};

scenarios.connectsWhenTenThousandThenNothingGrows = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  usher.subscribe('/topic/news', () => {});
  const waiting = () => world.events.filter((each) => !each.cancelled).length;
  let before = null;
  for (let i = 0; i < 10_000 * world.scale; i++) {
    await usher.connect();
    await usher.disconnect();
    gateway.frames = [];
    if (i === 300) {
      before = waiting();
    }
  }
  holds(waiting() <= before + 5, `${before} events waited, now ${waiting()}`);
  same(gateway.connections.size, 0, 'connections');
};

scenarios.closeWhenCalledThenNothingIsLeft = async () => {
  const gateway = new Gateway();
  const tab = world.open('one');
  for (let i = 0; i < 20; i++) {
    const usher = make({ tabs: true }, tab);
    await world.as(tab, () => usher.login({ username: 'alice', password: 'wonderland' }));
    await world.as(tab, () => usher.connect());
    const news = usher.subscribe('/topic/news', () => {});
    await news.ready;
    usher.close();
    same(news.state, 'failed', 'subscription');
    same(await codeOf(usher.publish('/topic/news', 1)), 'closed', 'publish');
  }
  await world.sleep(60_000);
  same([world.channels(), gateway.connections.size], [0, 0], 'connections');
  same(world.listeners(), 0, 'listeners of the page');
  holds(world.events.filter((each) => !each.cancelled && each.timer).length === 0, 'timers');
};

scenarios.connectWhenTheSocketThrowsErrorsNobodyListensToThenSurvives = async () => {
  const gateway = new Gateway({ up: false });
  const thrown = [];
  // As those of Node's ws: an error that nobody listens to is thrown.
  const usher = foreign(gateway, { WebSocket: class extends WebSocket {
    fire(event) {
      if (event.type === 'close') {
        this.onerror ? this.onerror({}) : thrown.push('error');
      }
      super.fire(event);
    }

    close() {
      if (this.readyState === 0) {
        this.onerror ? this.onerror({}) : thrown.push('error of close()');
      }
      super.close();
    }
  } });
  usher.connect();
  await world.sleep(3000);
  world.accept = () => new Promise(() => {});
  world.latency = 20_000;
  await until(() => usher.snapshot().error?.code === 'timeout', 120_000);
  same([thrown, usher.snapshot().error.code], [[], 'timeout'], 'errors');
};

scenarios.connectWhenAbortedAfterwardsThenStays = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  const control = new AbortController();
  await usher.connect({ signal: control.signal });
  gateway.up = false;
  cutAll(gateway);
  await world.sleep(100);
  control.abort();
  gateway.up = true;
  await until(() => usher.snapshot().state === 'connected');
};

scenarios.stateWhenSomethingElseChangesThenIsNotTold = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  const states = [];
  usher.on('state', ({ state }) => states.push(state));
  await usher.connect();
  for (let i = 0; i < 5; i++) {
    await usher.publish('/topic/news', i);
  }
  same(states, ['connecting', 'connected'], 'states');
};

scenarios.disconnectWhenTakenBackWhileNobodyIsConnectedThenIsTriedAgain = async () => {
  const gateway = new Gateway();
  let token = '';
  const usher = make({ token: () => token });
  same(await codeOf(usher.connect()), 'signed_out', 'without a token');
  token = gateway.mint('alice');
  usher.disconnect();
  const again = codeOf(usher.connect());
  await world.sleep(1000);
  same([usher.snapshot().state, await again], ['connected', 'nothing'], 'state');
};

scenarios.disconnectWhenCalledTwiceThenTheConnectBetweenIsRejected = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  await usher.connect();
  gateway.onSEND = () => {};
  usher.publish('/topic/news', 1).catch(() => {});
  usher.disconnect();
  await world.sleep(1000);
  const between = codeOf(usher.connect());
  await world.sleep(1000);
  await usher.disconnect();
  await world.sleep(1000);
  same([usher.snapshot().state, await Promise.race([between, world.sleep(1000)])], ['idle', 'closed'], 'connect()');
};

scenarios.wakingWhenLeavingThenNothingBreaks = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway);
  await usher.connect();
  gateway.onDISCONNECT = () => {};
  const ended = usher.disconnect();
  await world.sleep(1000);
  world.fire('visibilitychange');
  await ended;
  same(usher.snapshot().state, 'idle', 'state');
};

scenarios.logWhenItThrowsThenTheConnectionStands = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway, { log: (line) => {
    throw new Error(`mine: ${line.slice(0, 3)}`);
  } });
  await usher.connect();
  same((await usher.publish('/topic/news', 1)).delivered, 0, 'published');
  await world.sleep(60_000);
  same(frames(gateway, 'CONNECT').length, 1, 'connections');
  holds(world.errors.every((each) => each.startsWith('mine')) && world.errors.length > 3, `${world.errors}`);
};

scenarios.connectWhenTheSocketCannotBeMadeThenSaysThatAndNothingOfCredentials = async () => {
  const gateway = new Gateway();
  const usher = foreign(gateway, { WebSocket: class {
    constructor() {
      throw new Error('SecurityError');
    }
  } });
  usher.connect().catch(() => {});
  await until(() => usher.snapshot().error);
  same(usher.snapshot().error.message, 'The gateway could not be reached: SecurityError', 'message');
  usher.close();
};
