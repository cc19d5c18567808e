// What NodeKitTests has Node do with the kit of a real gateway: the last line printed is the result, as JSON.
const [gateway, scenario] = process.argv.slice(2);
const kit = await (await fetch(`${gateway}/usher.js`)).text();
const { Usher } = await import(`data:text/javascript,${encodeURIComponent(kit)}`);
const LOGIN = { username: 'alice', password: 'correct horse battery' };

const until = async (condition) => {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
const counting = (usher) => {
  const counts = { connected: 0, renewed: 0, signedout: 0 };
  Object.keys(counts).forEach((event) => usher.on(event, () => counts[event]++));
  return counts;
};

const scenarios = {
  async renew() {
    const usher = new Usher({ url: gateway });
    const counts = counting(usher);
    const got = [];
    usher.subscribe('/user/queue/news', ({ text }) => { got.push(Number(text)); });
    await usher.login(LOGIN);
    await usher.connect();
    let sent = 0;
    while (counts.renewed < 4) {
      await usher.publish('/user/alice/queue/news', String(sent++));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await until(() => got.length >= sent);
    await usher.disconnect();
    return { ...counts, sent, inOrder: got.every((each, i) => each === i) && got.length === sent };
  },

  async cuts() {
    const options = { url: gateway, backoff: { first: 20, max: 40 } };
    const [writer, reader] = [new Usher(options), new Usher(options)];
    const counts = counting(reader);
    await writer.login(LOGIN);
    await reader.login(LOGIN);
    await Promise.all([writer.connect(), reader.connect()]);
    const got = [];
    const durable = [];
    const cut = () => got.length % 50 === 0 && console.log('cut');
    await reader.subscribe('/user/queue/orders', ({ text }) => { got.push(Number(text)); cut(); }).ready;
    await reader.subscribe('/user/queue/orders', ({ text }) => { durable.push(Number(text)); }, { durable: 'phone' }).ready;
    for (let i = 0; i < 2000; i += 20) {
      await Promise.all(Array.from({ length: 20 }, (each, j) => writer.publish('/user/alice/queue/orders', String(i + j))));
    }
    await until(() => got.length >= 2000 && durable.length >= 2000);
    const inOrder = [got, durable].every((all) => all.every((each, i) => each === i) && all.length === 2000);
    await Promise.all([writer.disconnect(), reader.disconnect()]);
    return { ...counts, inOrder };
  },

  async refresh() {
    let lost = 0;
    const usher = new Usher({ url: gateway, backoff: { first: 20, max: 40 }, fetch: async (url, init) => {
      const answer = await fetch(url, init);
      if (url.endsWith('/auth/refresh') && lost < 3) {
        lost++;
        throw new TypeError('the answer was lost');
      }
      return answer;
    } });
    const counts = counting(usher);
    await usher.login(LOGIN);
    await usher.connect();
    await until(() => counts.renewed >= 2);
    await usher.logout();
    return { ...counts, lost };
  },

  // A login that is bound to a key, its owner, and what a thief gets with all that was stored of it.
  async keys() {
    let value = null;
    const usher = new Usher({ url: gateway, keys: true, store: { load: () => null, save: (each) => { value = each; } } });
    const counts = counting(usher);
    await usher.login(LOGIN);
    await usher.connect();
    await until(() => counts.renewed >= 2);
    const codeOf = (work) => work.then(() => 'nothing', (error) => error.code);
    const stolen = (keys, change = (all) => all) => new Usher({ url: gateway, keys, store: { load: () => JSON.stringify(change(JSON.parse(value))), save() {} } });
    const answer = async (path, init) => (await (await fetch(`${gateway}${path}`, init)).json()).code;
    const { access, refresh, type } = JSON.parse(value);
    const thefts = {
      call: await answer('/auth/me', { headers: { Authorization: `Bearer ${access}` } }),
      bare: await answer('/auth/me', { headers: { Authorization: `DPoP ${access}` } }),
      refresh: await answer('/auth/refresh', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ refresh_token: refresh }) }),
      bearer: await codeOf(stolen(false, (all) => ({ ...all, type: 'Bearer', until: Date.now() + 60_000 })).connect()),
      key: await codeOf(stolen(true, (all) => ({ ...all, until: Date.now() + 60_000 })).connect()),
      refreshed: await codeOf(stolen(true, (all) => ({ ...all, until: 0 })).connect()),
    };
    const before = counts.renewed;
    await until(() => counts.renewed > before);
    const { username } = await usher.me();
    await usher.disconnect();
    return { thefts, type, username, connected: counts.connected, signedout: counts.signedout };
  },

  async refused() {
    const usher = new Usher({ url: gateway });
    await usher.login(LOGIN);
    await usher.connect();
    const got = [];
    const news = usher.subscribe('/user/topic/news', ({ text }) => { got.push(text); });
    await news.ready;
    const { code, incident } = await usher.subscribe('/topic/secret').ready.catch((error) => error);
    const published = await usher.publish('/topic/secret', 'x').catch((error) => error.code);
    await usher.publish('/user/alice/topic/news', 'still here');
    await until(() => got.length === 1);
    const large = await usher.publish('/user/alice/topic/news', 'x'.repeat(100_000)).catch((error) => error.code);
    await usher.publish('/user/alice/topic/news', 'and here');
    await until(() => got.length === 2);
    await usher.disconnect();
    return { code, incident: /^[a-z0-9]{8}$/.test(incident), published, large };
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
process.exit(0);
