// One login for all tabs, and one refresh. Each function is a test of KitLoginTests.
const ALICE = { username: 'alice', password: 'wonderland' };

const sharing = (tab, options = {}) => make({ tabs: true, ...options }, tab);
const inTab = (tab, work) => world.as(tab, work);

// Something like localStorage, which several tabs share.
const storage = () => {
  const all = { value: null, load: () => all.value, save: (value) => { all.value = value; } };
  return all;
};

scenarios.loginWhenWrongThenSaysSo = async () => {
  new Gateway();
  const error = await make().login({ username: 'alice', password: 'x' }).catch((each) => each);
  same([error.name, error.code, error.retry, error.status], ['UsherError', 'bad_credentials', 'no', 401], 'error');
};

scenarios.loginWhenMadeAfterConnectThenConnects = async () => {
  new Gateway();
  const usher = make();
  same(await codeOf(usher.connect()), 'signed_out', 'connect without a login');
  same((await usher.login(ALICE)).username, 'alice', 'login');
  await until(() => usher.snapshot().state === 'connected', 1000);
};

scenarios.loginWhenMadeInOneTabThenTheOthersHaveItToo = async () => {
  new Gateway();
  const [one, two] = [world.open('one'), world.open('two')];
  const [first, second] = [sharing(one), sharing(two)];
  inTab(two, () => second.connect()).catch(() => {});
  await until(() => second.snapshot().state === 'signedout');
  await inTab(one, () => first.login(ALICE));
  await until(() => second.snapshot().state === 'connected', 1000);
  const third = sharing(world.open('three'));
  await third.connect();
};

scenarios.loginWhenItEndsInOneTabThenItEndsInAll = async () => {
  const gateway = new Gateway();
  const [one, two] = [world.open('one'), world.open('two')];
  const [first, second] = [sharing(one), sharing(two)];
  await inTab(one, () => first.login(ALICE));
  await Promise.all([inTab(one, () => first.connect()), inTab(two, () => second.connect())]);
  const heard = [];
  second.on('signedout', (event) => heard.push(event));
  await inTab(one, () => first.logout());
  await until(() => second.snapshot().state === 'signedout', 1000);
  same([first.snapshot().state, gateway.connections.size], ['signedout', 0], 'state');
  same(heard, [{ code: 'signed_out', byTab: true }], 'events of the other tab');
};

scenarios.logoutWhenTheConnectionHearsOfItFirstThenIsToldOnce = async () => {
  const gateway = new Gateway();
  const { call } = gateway;
  gateway.call = function answer(path, ...all) {
    if (path === '/auth/logout') {
      [...this.connections].forEach((each) => each.refuse('revoked'));
    }
    return call.call(this, path, ...all);
  };
  const usher = make();
  const heard = [];
  usher.on('signedout', ({ code }) => heard.push(code));
  await usher.login(ALICE);
  await usher.connect();
  await usher.logout();
  await world.sleep(1000);
  same([heard, usher.snapshot().state], [['signed_out'], 'signedout'], 'signedout');
};

scenarios.loginWhenOfAnotherUserThenNothingOfTheFirstIsSentAsThem = async () => {
  const gateway = new Gateway();
  const usher = make();
  await usher.login(ALICE);
  await usher.connect();
  gateway.up = false;
  cutAll(gateway);
  const secret = codeOf(usher.publish('/topic/news', 'of alice'));
  gateway.up = true;
  await usher.login({ username: 'bob', password: 'wonderland' });
  await until(() => usher.snapshot().user === 'bob');
  same(await secret, 'signed_out', 'what alice published');
  same(frames(gateway, 'SEND').filter(({ headers }) => headers.destination === '/topic/news').length, 0, 'sent');
};

scenarios.refreshWhenAnswerIsLostThenTheSameNextIsTriedAgain = async () => {
  const gateway = new Gateway({ lifetime: 60_000 });
  const usher = make();
  await usher.login(ALICE);
  let lost = 3;
  gateway.drops = (path) => path === '/auth/refresh' && lost-- > 0;
  await world.sleep(50_000);
  await usher.connect();
  const asked = world.requests.filter(({ url }) => url.endsWith('/auth/refresh')).map(({ body }) => JSON.parse(body).next);
  same([asked.length, new Set(asked).size, gateway.rotations], [4, 1, 1], 'refreshes');
  holds(/^[A-Za-z0-9_-]{43}$/.test(asked[0]), asked[0]);
};

scenarios.refreshWhenSeveralTabsNeedItThenOneDoesIt = async () => {
  const gateway = new Gateway({ lifetime: 60_000 });
  const tabs = Array.from({ length: 5 }, (each, i) => world.open(`tab ${i}`));
  const all = tabs.map((tab) => sharing(tab));
  await inTab(tabs[0], () => all[0].login(ALICE));
  await Promise.all(all.map((each, i) => inTab(tabs[i], () => each.connect())));
  await world.sleep(300_000);
  same(frames(gateway, 'CONNECT').length, 5, 'connections');
  const asked = world.requests.filter(({ url }) => url.endsWith('/auth/refresh')).length;
  same(asked, gateway.rotations, 'refreshes that had an effect');
  holds(gateway.rotations >= 5 && gateway.rotations <= 9, `${gateway.rotations} refreshes in 300 s of tokens of 60 s`);
};

scenarios.refreshWhenAllTabsAreHiddenThenNobodyIsCutOff = async () => {
  const gateway = new Gateway();
  const tabs = [world.open('one'), world.open('two')];
  const all = tabs.map((tab) => sharing(tab));
  await inTab(tabs[0], () => all[0].login(ALICE));
  await Promise.all(all.map((each, i) => inTab(tabs[i], () => each.connect())));
  tabs.forEach((tab) => world.hidden.add(tab));
  await world.sleep(4 * 3_600_000);
  same(frames(gateway, 'CONNECT').length, 2, 'connections');
  holds(gateway.rotations >= 16 && gateway.rotations <= 20, `${gateway.rotations} refreshes in 4 hours of tokens of 15 minutes`);
};

// 5 tabs, 20 times: all their tokens have ended, 30 % of the answers never come, and one tab dies meanwhile.
scenarios.refreshWhenAnswersAreLostAndTabsDieThenNobodyIsLoggedOut = async () => {
  const gateway = new Gateway({ lifetime: 600_000 });
  let out = 0;
  const birth = (name) => {
    const tab = world.open(name);
    const usher = sharing(tab);
    usher.on('signedout', () => out++);
    return { tab, usher };
  };
  const all = Array.from({ length: 5 }, (each, i) => birth(`tab ${i}`));
  await inTab(all[0].tab, () => all[0].usher.login(ALICE));
  await Promise.all(all.map(({ tab, usher }) => inTab(tab, () => usher.connect())));
  gateway.drops = (path) => path === '/auth/refresh' && Math.random() < 0.3;
  for (let round = 1; round <= 20; round++) {
    gateway.tokens.forEach((token) => { token.until = world.now; });
    await world.sleep(Math.floor(Math.random() * 2000));
    const dies = Math.floor(Math.random() * 5);
    world.kill(all[dies].tab);
    all[dies] = birth(`tab ${dies} of round ${round}`);
    inTab(all[dies].tab, () => all[dies].usher.connect());
    await until(() => all.every(({ usher }) => usher.snapshot().state === 'connected')
      && [...gateway.connections].every((each) => each.user && each.until > world.now), 120_000);
    same(gateway.rotations, round, 'effective refreshes');
  }
  same(out, 0, 'logouts');
};

scenarios.lockWhenAFrozenTabHoldsItThenIsWaitedForTenSeconds = async () => {
  const gateway = new Gateway({ lifetime: 60_000 });
  const tab = world.open('one');
  const usher = sharing(tab);
  await inTab(tab, () => usher.login(ALICE));
  const frozen = world.open('frozen');
  inTab(frozen, () => navigator.locks.request('usher http://gateway.test/', {}, () => new Promise(() => {})));
  await world.sleep(50_000);
  const begin = world.now;
  await inTab(tab, () => usher.connect());
  holds(world.now - begin >= 10_000 && world.now - begin < 11_000, `after ${world.now - begin}`);
  same(gateway.rotations, 1, 'refreshes');
};

scenarios.storeWhenPageIsLoadedAnewThenTheLoginIsThere = async () => {
  const gateway = new Gateway();
  const store = storage();
  const first = make({ store });
  await first.login(ALICE);
  first.close();
  const second = make({ store });
  await second.connect();
  same(second.snapshot().user, 'alice', 'user');
  await second.logout();
  same(store.value, null, 'stored after the logout');
  same(gateway.rotations, 0, 'refreshes');
};

scenarios.storeWhenPageDiesWhileRefreshingThenTheNextOneGoesOn = async () => {
  const gateway = new Gateway({ lifetime: 60_000 });
  const store = storage();
  const tab = world.open('one');
  const first = make({ store }, tab);
  await inTab(tab, () => first.login(ALICE));
  gateway.drops = (path) => path === '/auth/refresh';
  await world.sleep(50_000);
  inTab(tab, () => first.connect());
  await world.sleep(100);
  world.kill(tab);
  gateway.drops = () => false;
  const second = make({ store });
  await second.connect();
  same(gateway.rotations, 1, 'refreshes');
};

scenarios.storeWhenItHoldsNonsenseThenNobodyIsLoggedIn = async () => {
  new Gateway();
  same(await codeOf(make({ store: { load: () => '{', save() {} } }).connect()), 'signed_out', 'connect');
};

scenarios.fetchWhenTokenHasEndedThenRefreshesOnce = async () => {
  const gateway = new Gateway();
  const usher = make();
  await usher.login(ALICE);
  gateway.tokens.forEach((token) => { token.until = world.now; });
  same((await usher.me()).username, 'alice', 'me');
  same(gateway.rotations, 1, 'refreshes');
};

scenarios.fetchWhenUrlIsAnotherOriginThenNoTokenGoesThere = async () => {
  new Gateway();
  const usher = make();
  await usher.login(ALICE);
  for (const url of ['https://evil.example.org/x', '//evil.example.org/x']) {
    same(await codeOf(usher.fetch(url)), 'bad_request', url);
  }
  holds(world.requests.every(({ url }) => url.startsWith('http://gateway.test/')), 'went elsewhere');
};

scenarios.fetchWhenGatewayIsAwayThenSaysSo = async () => {
  const gateway = new Gateway();
  const usher = make();
  await usher.login(ALICE);
  gateway.up = false;
  const error = await usher.me().catch((each) => each);
  same([error.code, error.retry], ['unreachable', 'reconnect'], 'error');
};

scenarios.cookieWhenUsedThenNoTokenIsKeptAndRenewalsUseTickets = async () => {
  const gateway = new Gateway({ lifetime: 60_000 });
  const { call } = gateway;
  const tickets = new Map();
  gateway.call = function answer(path, init, body) {
    if (path === '/auth/login') {
      document.cookie = 'other=1; XSRF-TOKEN=forgery-proof';
      return { body: {} };
    }
    if (init.credentials !== 'same-origin') {
      return this.problem(401, 'unauthorized');
    }
    if (path === '/auth/tickets') {
      same(init.headers.get('X-XSRF-TOKEN'), 'forgery-proof', 'the token of an unsafe call');
      tickets.set(`k${tickets.size}`, true);
      return { body: { ticket: `k${tickets.size - 1}` } };
    }
    return path === '/auth/me' ? { body: { username: 'alice', roles: [] } } : call.call(this, path, init, body);
  };
  gateway.check = function check(connection, headers) {
    holds(headers.ticket ? tickets.delete(headers.ticket) : headers['X-XSRF-TOKEN'] === 'forgery-proof', 'credential');
    Object.assign(connection, { user: 'alice', until: world.now + 60_000, noticed: false });
    return true;
  };
  const usher = make({ cookie: true });
  same(await codeOf(usher.connect()), 'signed_out', 'connect without the cookie');
  await usher.login(ALICE);
  await usher.connect();
  await world.sleep(300_000);
  same(frames(gateway, 'CONNECT').length, 1, 'connections');
  holds(gateway.frames.every(({ headers }) => !headers.Authorization), 'a token was sent');
};

scenarios.ticketWhenUsedThenEachConnectHasANewOne = async () => {
  const gateway = new Gateway({ lifetime: 60_000 });
  const reasons = [];
  gateway.check = function check(connection, headers) {
    same(headers.ticket, `k${reasons.length}`, 'ticket');
    Object.assign(connection, { user: 'alice', until: world.now + 60_000, noticed: false });
    return true;
  };
  const usher = make({ ticket: ({ reason }) => `k${reasons.push(reason)}` });
  await usher.connect();
  await world.sleep(50_000);
  cutAll(gateway);
  await until(() => frames(gateway, 'CONNECT').length === 2 && usher.snapshot().state === 'connected');
  same(reasons, ['connect', 'renew', 'connect'], 'reasons');
};

scenarios.logWhenReadThenHasNoCredential = async () => {
  const gateway = new Gateway({ lifetime: 60_000 });
  const lines = [];
  const usher = make({ log: (line) => lines.push(line) });
  await usher.login(ALICE);
  await usher.connect();
  await usher.publish('/topic/news', 'Authorization:what a body says stays');
  await world.sleep(120_000);
  holds(lines.some((line) => line.startsWith('>>> CONNECT')) && lines.some((line) => line.startsWith('<<< RECEIPT')), 'frames');
  const tokens = [...gateway.tokens.keys()];
  holds(tokens.length > 1 && lines.every((line) => tokens.every((token) => !line.includes(token))), 'a token is in the log');
  holds(lines.some((line) => line.includes('what a body says stays')), 'the body');
};

const refreshBefore = (usher) => new Promise((resolve) => { usher.on('renewed', resolve); });

scenarios.storeWhenEachTabHasItsOwnThenKeepsWhatOtherTabsGot = async () => {
  const gateway = new Gateway({ lifetime: 120_000 });
  const [one, two] = [world.open('one'), world.open('two')];
  const stores = [storage(), storage()];
  const first = sharing(one, { store: stores[0] });
  await inTab(one, () => first.login(ALICE));
  const second = sharing(two, { store: stores[1] });
  let out = 0;
  [first, second].forEach((each) => each.on('signedout', () => out++));
  await inTab(two, () => second.connect());
  await inTab(one, () => first.connect());
  for (const again of [1, 2]) {
    await refreshBefore(first);
    await world.sleep(1000);
    same(stores.map(({ value }) => JSON.parse(value)?.n), [again, again], 'what both have stored');
  }
  await inTab(one, () => first.logout());
  await world.sleep(100);
  same(stores.map(({ value }) => value), [null, null], 'stored after the logout');
  same([out, gateway.rotations], [2, 2], 'signedout, refreshes');
};

scenarios.storeWhenItIsOlderThanWhatOtherTabsHaveThenTheyAreAsked = async () => {
  const gateway = new Gateway({ lifetime: 120_000 });
  const [one, two] = [world.open('one'), world.open('two')];
  const [store, old] = [storage(), storage()];
  const first = sharing(one, { store });
  await inTab(one, () => first.login(ALICE));
  old.value = store.value;
  await inTab(one, () => first.connect());
  await refreshBefore(first);
  await world.sleep(31_000);
  const second = sharing(two, { store: old });
  let out = 0;
  [first, second].forEach((each) => each.on('signedout', () => out++));
  await inTab(two, () => second.connect());
  await world.sleep(1000);
  same([out, first.snapshot().state, second.snapshot().state], [0, 'connected', 'connected'], 'signedout');
};

scenarios.storeWhenTwoProcessesShareItThenEachTakesWhatTheOtherGot = async () => {
  const gateway = new Gateway({ lifetime: 120_000 });
  const store = storage();
  const first = make({ store });
  await first.login(ALICE);
  const second = make({ store });
  await second.connect();
  let out = 0;
  [first, second].forEach((each) => each.on('signedout', () => out++));
  await second.disconnect();
  await first.connect();
  await refreshBefore(first);
  // Longer than the gateway forgives, and the token of the second has ended.
  await world.sleep(60_000);
  await second.connect();
  await world.sleep(600_000);
  same([out, first.snapshot().state, second.snapshot().state], [0, 'connected', 'connected'], 'signedout');
};

scenarios.storeWhenAnotherLoginIsInItThenThatIsKept = async () => {
  const gateway = new Gateway();
  const store = storage();
  const first = make({ store });
  await first.login(ALICE);
  const second = make({ store });
  await second.connect();
  await world.sleep(1000);
  await first.login(ALICE);
  const newest = store.value;
  [...gateway.connections][0].refuse('revoked');
  await until(() => second.snapshot().state === 'signedout');
  await world.sleep(100);
  same(store.value, newest, 'stored');
};

scenarios.refreshWhenAProxyAnswersThenIsTriedAgain = async () => {
  const gateway = new Gateway({ lifetime: 60_000 });
  const usher = make();
  await usher.login(ALICE);
  const { answer } = gateway;
  const statuses = [429, 408, 404];
  gateway.answer = (path, init) => (path === '/auth/refresh' && statuses.length ? { status: statuses.shift() }
    : answer.call(gateway, path, init));
  await world.sleep(50_000);
  await usher.connect();
  same([statuses, gateway.rotations], [[], 1], 'refreshes');
};

scenarios.loginWhenMeFailsThenStillConnects = async () => {
  const gateway = new Gateway();
  const usher = make();
  same(await codeOf(usher.connect()), 'signed_out', 'connect without a login');
  const { call } = gateway;
  gateway.call = function fails(path, ...all) {
    return path === '/auth/me' ? this.problem(503, 'storage_unavailable') : call.call(this, path, ...all);
  };
  same(await codeOf(usher.login(ALICE)), 'storage_unavailable', 'login');
  await until(() => usher.snapshot().state === 'connected', 1000);
};

scenarios.callWhenItIsNeverAnsweredThenEnds = async () => {
  const gateway = new Gateway();
  const usher = make();
  await usher.login(ALICE);
  gateway.drops = (path) => path !== '/auth/refresh';
  const begin = world.now;
  same(await Promise.race([codeOf(usher.sessions()), world.sleep(60_000)]), 'timeout', 'code');
  holds(world.now - begin <= 20_000, `after ${world.now - begin}`);
};

scenarios.loginWhenOfAnotherUserThenWhatTheyPublishIsSent = async () => {
  const gateway = new Gateway();
  const usher = make();
  await usher.login(ALICE);
  await usher.connect();
  gateway.up = false;
  cutAll(gateway);
  await world.sleep(1);
  const secret = codeOf(usher.publish('/topic/news', 'of alice'));
  gateway.up = true;
  await usher.login({ username: 'bob', password: 'wonderland' });
  const own = codeOf(usher.publish('/topic/news', 'of bob'));
  await until(() => usher.snapshot().state === 'connected' && usher.snapshot().user === 'bob');
  same([await secret, await own], ['signed_out', 'nothing'], 'what both published');
};

scenarios.loginWhenAnotherUserWasNeverConnectedThenNothingOfThemIsSent = async () => {
  new Gateway();
  const usher = make();
  await usher.login(ALICE);
  const secret = codeOf(usher.publish('/topic/news', 'of alice'));
  await usher.login({ username: 'bob', password: 'wonderland' });
  const own = codeOf(usher.publish('/topic/news', 'of bob'));
  await usher.connect();
  same([await secret, await own], ['signed_out', 'nothing'], 'what both published');
};

scenarios.closeWhenTheLoginEndsAfterwardsThenNothingIsThrown = async () => {
  const gateway = new Gateway();
  const tab = world.open('one');
  const usher = sharing(tab);
  await inTab(tab, () => usher.login(ALICE));
  const { postMessage, close } = BroadcastChannel.prototype;
  Object.assign(BroadcastChannel.prototype, {
    close() {
      this.closed = true;
      close.call(this);
    },
    postMessage(data) {
      holds(!this.closed, 'InvalidStateError');
      postMessage.call(this, data);
    },
  });
  gateway.tokens.clear();
  gateway.sessions.clear();
  const late = codeOf(usher.me());
  await world.sleep(1);
  usher.close();
  same(await late, 'refresh_invalid', 'the call that was under way');
};
