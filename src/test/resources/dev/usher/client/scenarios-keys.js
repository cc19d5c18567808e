// Logins that are worth nothing without their key, and passkeys. Each function is a test of KitKeyTests.
const ALICE = { username: 'alice', password: 'wonderland' };

const storage = () => {
  const all = { value: null, load: () => all.value, save: (value) => { all.value = value; } };
  return all;
};
const proofsOf = (gateway, end) => gateway.proofs.filter(({ htu }) => htu.endsWith(end));

scenarios.keysWhenLoggedInThenEachCallAndConnectIsProven = async () => {
  const gateway = new KeyGateway({ lifetime: 60_000 });
  const usher = make({ keys: true });
  let renewed = 0;
  usher.on('renewed', () => renewed++);
  same((await usher.login(ALICE)).username, 'alice', 'login');
  await usher.connect();
  await world.sleep(200_000);
  same((await usher.fetch('auth/me?x=1#y', { method: 'get' })).status, 200, 'a call with a query');
  await usher.logout();
  same(frames(gateway, 'CONNECT').length, 1, 'connections');
  holds(renewed >= 3 && renewed === gateway.rotations, `${renewed} renewals, ${gateway.rotations} refreshes`);
  same(['/login', '/me', '/ws', '/logout'].map((end) => proofsOf(gateway, end).length), [1, 2, 1, 1], 'proofs');
  same(proofsOf(gateway, '/refresh').length, gateway.rotations, 'proofs of refreshes');
  same(new Set(gateway.proofs.map(({ key }) => key)).size, 1, 'keys');
  const bearer = world.requests.filter(({ headers }) => /^Bearer/.test(headers?.Authorization)).length
    + gateway.frames.filter(({ headers }) => /^Bearer/.test(headers.Authorization)).length;
  same(bearer, 0, 'bearer tokens sent');
};

scenarios.nonceWhenUnknownOrOldThenComesBackAtOnceAndQuietly = async () => {
  const gateway = new KeyGateway();
  const store = storage();
  await make({ keys: true, store }).login(ALICE);
  const usher = make({ keys: true, store });
  const heard = [];
  ['error', 'disconnected', 'signedout'].forEach((event) => usher.on(event, () => heard.push(event)));
  const begin = world.now;
  await usher.connect();
  holds(world.now - begin < 200, `it waited ${world.now - begin} ms`);
  same([frames(gateway, 'CONNECT').length, heard], [2, []], 'tries and events');
  gateway.nonce = 'nonce 2';
  same((await usher.me()).username, 'alice', 'a call with the old nonce');
  gateway.nonce = 'nonce 3';
  cutAll(gateway);
  await until(() => frames(gateway, 'CONNECT').length === 4 && usher.snapshot().state === 'connected', 2000);
  same(heard, ['disconnected', 'error'], 'events of the cut alone');
};

scenarios.nonceWhenAskedForAgainAndAgainThenBacksOff = async () => {
  const gateway = new KeyGateway();
  gateway.refusal = () => ['use_nonce', { nonce: `n${world.now}` }];
  const usher = make({ keys: true });
  await usher.login(ALICE);
  usher.connect();
  await world.sleep(10_000);
  const tries = frames(gateway, 'CONNECT').length;
  holds(tries > 2 && tries < 40, `${tries} tries in 10 s`);
  same(usher.snapshot().error.code, 'use_nonce', 'error');
};

scenarios.keysWhenSeveralTabsBeginAtOnceThenTheyShareOne = async () => {
  const gateway = new KeyGateway();
  const tabs = Array.from({ length: 5 }, (each, i) => world.open(`tab ${i}`));
  const all = tabs.map((tab) => make({ keys: true }, tab));
  await Promise.all(all.map((each, i) => world.as(tabs[i], () => each.login(ALICE))));
  holds(world.keysMade() > 1, 'nobody was in a hurry');
  same(new Set(gateway.proofs.map(({ key }) => key)).size, 1, 'keys that were used');
};

scenarios.keysWhenTabsShareALoginThenEachProvesIt = async () => {
  const gateway = new KeyGateway({ lifetime: 60_000 });
  const [one, two] = [world.open('one'), world.open('two')];
  const [first, second] = [one, two].map((tab) => make({ keys: true, tabs: true }, tab));
  await world.as(one, () => first.login(ALICE));
  await Promise.all([world.as(one, () => first.connect()), world.as(two, () => second.connect())]);
  await world.sleep(200_000);
  same([first, second].map((each) => each.snapshot().state), ['connected', 'connected'], 'states');
  same(new Set(gateway.proofs.map(({ key }) => key)).size, 1, 'keys');
  holds(gateway.rotations <= 6, `${gateway.rotations} refreshes in 200 s of tokens of 60 s`);
};

scenarios.loginWhenPageIsLoadedAnewThenIsProvenByTheSameKey = async () => {
  const gateway = new KeyGateway({ lifetime: 60_000 });
  const store = storage();
  const first = make({ keys: true, store });
  await first.login(ALICE);
  first.close();
  await world.sleep(70_000);
  const second = make({ keys: true, store });
  await second.connect();
  same([world.keysMade(), gateway.rotations], [1, 1], 'keys and refreshes');
};

scenarios.loginWhenStolenFromTheStoreThenOpensNothing = async () => {
  const gateway = new KeyGateway({ lifetime: 60_000 });
  const store = storage();
  const owner = make({ keys: true, store });
  await owner.login(ALICE);
  const loot = store.value;
  const copy = () => ({ load: () => loot, save() {} });
  // First as it is, then as a bearer: with what says that it is bound taken off.
  same(await codeOf(make({ store: copy() }).connect()), 'signed_out', 'without keys');
  const bare = { load: () => loot.replace('"DPoP"', '"Bearer"'), save() {} };
  // Refused, it is refreshed, and that is refused as well.
  same(await codeOf(make({ store: bare }).me()), 'invalid_dpop_proof', 'a call as a bearer');
  same(await codeOf(make({ store: bare }).connect()), 'unauthorized', 'a connection as a bearer');
  world.otherDevice();
  same(await codeOf(make({ keys: true, store: copy() }).connect()), 'unauthorized', 'with a key of their own');
  await world.sleep(50_000);
  same(await codeOf(make({ keys: true, store: copy() }).connect()), 'invalid_dpop_proof', 'a refresh with a key of their own');
  await owner.connect();
  same([owner.snapshot().state, gateway.rotations], ['connected', 1], 'the owner');
};

scenarios.loginWhenItsKeyIsGoneThenIsSignedOut = async () => {
  new KeyGateway();
  const store = storage();
  await make({ keys: true, store }).login(ALICE);
  world.otherDevice();
  const usher = make({ keys: true, store });
  same([await codeOf(usher.connect()), usher.snapshot().state, store.value], ['unauthorized', 'signedout', null], 'outcome');
  await usher.login(ALICE);
  await until(() => usher.snapshot().state === 'connected', 1000);
};

scenarios.loginWhenStoredBeforeThereWereKeysThenIsNotTaken = async () => {
  const gateway = new KeyGateway();
  const store = storage();
  await make({ store }).login(ALICE);
  const usher = make({ keys: true, store });
  same(await codeOf(usher.connect()), 'signed_out', 'connect');
  await usher.login(ALICE);
  await usher.connect();
  same(JSON.parse(store.value).type, 'DPoP', 'stored');
  same(proofsOf(gateway, '/ws').length, 1, 'proofs of CONNECT');
};

scenarios.keysWhenGivenThenProveTokensOfTheProvider = async () => {
  const gateway = new KeyGateway();
  const pair = await crypto.subtle.generateKey({ namedCurve: 'P-256' }, false, ['sign']);
  const token = () => {
    const text = gateway.mint('ann');
    gateway.tokens.get(text).key = pair.publicKey.jwk.x;
    return text;
  };
  const usher = make({ token, keys: pair });
  await usher.connect();
  same([(await usher.me()).username, proofsOf(gateway, '/ws').length, world.keysMade()], ['ann', 1, 1], 'outcome');
  let error = null;
  try {
    make({ token, keys: true });
  } catch (each) {
    error = each;
  }
  holds(error instanceof TypeError && error.message.includes('key pair'), `${error}`);
};

scenarios.keysWhenTheCookieIsOfABoundSessionThenProveIt = async () => {
  const gateway = new KeyGateway();
  document.cookie = 'XSRF-TOKEN=forgery-proof';
  gateway.call = function answer(path, init) {
    const fault = this.fault(init.headers.get('DPoP'), init.method, `http://gateway.test${path}`);
    return fault ? this.problem(400, fault) : { body: { username: 'alice', roles: [] } };
  };
  gateway.check = function check(connection, headers) {
    const fault = this.fault(headers.DPoP, 'CONNECT', 'ws://gateway.test/ws');
    same([fault, headers.Authorization, headers['X-XSRF-TOKEN']], [null, undefined, 'forgery-proof'], 'CONNECT');
    Object.assign(connection, { user: 'alice', until: world.now + 60_000, noticed: false });
    return true;
  };
  const usher = make({ cookie: true, keys: true });
  await usher.login(ALICE);
  await usher.connect();
  same(['/login', '/me', '/ws'].map((end) => proofsOf(gateway, end).length), [1, 1, 1], 'proofs');
};

scenarios.keysWhenNoneCanBeMadeThenSaysWhatIsNeeded = async () => {
  new KeyGateway();
  const { subtle } = crypto;
  crypto.subtle = undefined;
  const usher = make({ keys: true });
  const error = await usher.login(ALICE).catch((each) => each);
  same([error.code, error.retry], ['no_keys', 'no'], 'error');
  holds(error.message.includes('https'), error.message);
  // It may have been a database that was busy: the next one is a new try.
  crypto.subtle = subtle;
  await usher.login(ALICE);
};

scenarios.logWhenThereAreKeysThenHasNoProof = async () => {
  const gateway = new KeyGateway();
  const lines = [];
  const usher = make({ keys: true, log: (line) => lines.push(line) });
  await usher.login(ALICE);
  await usher.connect();
  const [{ headers }] = frames(gateway, 'CONNECT');
  holds(headers.DPoP && lines.some((line) => line.includes('DPoP:…')), 'the frame');
  holds(lines.every((line) => !line.includes(headers.DPoP) && !line.includes(headers.Authorization)), 'a credential is in the log');
};

// A browser with an authenticator, and the calls of the gateway that passkeys need.
const authenticator = (gateway) => {
  const asked = [];
  globalThis.PublicKeyCredential = {
    parseCreationOptionsFromJSON: (options) => ({ parsed: options }),
    parseRequestOptionsFromJSON: (options) => ({ parsed: options }),
  };
  navigator.credentials = {
    create: async (options) => asked.push(options) && { toJSON: () => ({ id: 'made' }) },
    get: async (options) => asked.push(options) && { toJSON: () => ({ id: 'shown' }) },
  };
  const { call } = gateway;
  gateway.bodies = [];
  gateway.call = function answer(path, init, body) {
    if (path === '/auth/login/options') {
      return { body: { challenge: 'of a login' } };
    }
    if (path === '/auth/passkeys/options') {
      return { body: { challenge: 'of a registration' } };
    }
    if (path.startsWith('/auth/passkeys')) {
      this.bodies.push([init.method, path, body]);
      return init.method === 'GET' ? { body: [] } : { status: init.method === 'DELETE' ? 204 : 201, body: { passkey_id: 'p1', name: body.name } };
    }
    if (path === '/auth/login' && body.passkey) {
      this.bodies.push(body);
      return call.call(this, path, init, ALICE);
    }
    return call.call(this, path, init, body);
  };
  return asked;
};

scenarios.passkeyWhenShownThenLogsIn = async () => {
  const gateway = new KeyGateway();
  const asked = authenticator(gateway);
  const usher = make({ keys: true });
  same((await usher.loginWithPasskey({ device: 'Phone', mediation: 'conditional' })).username, 'alice', 'login');
  same(asked, [{ publicKey: { parsed: { challenge: 'of a login' } }, mediation: 'conditional' }], 'asked of the browser');
  same(gateway.bodies, [{ passkey: { id: 'shown' }, device: 'Phone' }], 'sent');
  await usher.connect();
  same(proofsOf(gateway, '/ws').length, 1, 'proofs of CONNECT');
};

scenarios.passkeyWhenRegisteredThenIsListedAndRemoved = async () => {
  const gateway = new KeyGateway();
  const asked = authenticator(gateway);
  const usher = make();
  same(await codeOf(usher.registerPasskey()), 'signed_out', 'without a login');
  await usher.login(ALICE);
  same((await usher.registerPasskey({ name: 'Phone' })).passkey_id, 'p1', 'registered');
  same(asked, [{ publicKey: { parsed: { challenge: 'of a registration' } } }], 'asked of the browser');
  same(await usher.passkeys(), [], 'list');
  await usher.removePasskey('p/1');
  same(gateway.bodies, [['POST', '/auth/passkeys', { credential: { id: 'made' }, name: 'Phone' }], ['GET', '/auth/passkeys', {}],
    ['DELETE', '/auth/passkeys/p%2F1', {}]], 'calls');
};

scenarios.passkeyWhenThereAreNoneThenSaysSo = async () => {
  new KeyGateway();
  delete globalThis.PublicKeyCredential;
  const error = await make().loginWithPasskey().catch((each) => each);
  same([error.code, error.retry], ['no_passkeys', 'no'], 'error');
  const foreignLogin = await make({ token: () => 'x' }).loginWithPasskey().catch((each) => each);
  holds(foreignLogin instanceof TypeError, `${foreignLogin}`);
};
