// Runs one scenario of scenarios.json with the kit of a real gateway: "cut" and "mend" are printed for who can do that, the
// last line is the result. What a step means stands in ScenarioRunner, which does the same in Java.
import { readFile } from 'node:fs/promises';

const [gateway, file, name, service, secret] = process.argv.slice(2);
const kit = await (await fetch(`${gateway}/usher.js`)).text();
const { Usher, UsherError } = await import(`data:text/javascript,${encodeURIComponent(kit)}`);
const scenario = JSON.parse(await readFile(file)).find((each) => each.name === name);
const user = `client:${service}`;

async function token() {
  const answer = await fetch(`${gateway}/oauth2/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`${service}:${scenario.credential ?? secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: value, error, error_description: text } = await answer.json();
  if (error) {
    throw new UsherError(error, text, { retry: 'login' });
  }
  return value;
}

const usher = new Usher({ url: gateway, token, backoff: { first: 20, max: 200 } });
const heard = {};
const connection = { disconnected: 0, renewed: 0 };
Object.keys(connection).forEach((event) => usher.on(event, () => connection[event]++));
const next = {};
const published = [];

async function until(condition, what) {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) {
      throw new Error(`${what()} never came`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function check(actual, expected) {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}

const steps = {
  async subscribe({ as, to, durable, throwsOnce }) {
    const own = heard[as] = { texts: [], gaps: 0 };
    let thrown = false;
    const subscription = usher.subscribe(to, ({ text }) => {
      if (text === throwsOnce && !thrown) {
        thrown = true;
        throw new Error('as the scenario wants it');
      }
      own.texts.push(text);
    }, { ...durable && { durable } });
    subscription.on('gap', () => { own.gaps++; });
    await usher.connect();
    await subscription.ready;
  },
  publish({ to, count }) {
    const from = next[to] ?? 0;
    next[to] = from + count;
    for (let i = from; i < from + count; i++) {
      published.push(usher.publish(to.replace('{user}', user), String(i)));
    }
  },
  published: () => Promise.all(published),
  async expect({ as, messages, texts = messages && Array.from({ length: messages }, (each, i) => String(i)), ...counts }) {
    if (texts) {
      await until(() => heard[as].texts.length >= texts.length, () => JSON.stringify(heard[as]));
      check(heard[as].texts, texts);
    }
    for (const [what, count] of Object.entries(counts)) {
      const actual = () => (what === 'gaps' ? heard[as].gaps : connection[what]);
      await until(() => actual() >= count, () => what);
      check(what === 'renewed' || actual(), what === 'renewed' || count);
    }
  },
  async refused({ subscribe, publish, code }) {
    const work = subscribe ? usher.subscribe(subscribe, () => {}).ready : usher.publish(publish, 'x');
    const connected = usher.connect();
    connected.catch(() => {});
    const error = await Promise.race([Promise.all([work, connected]), work]).then(() => null, (failure) => failure);
    check(error?.code, code);
  },
  cut: () => console.log('cut'),
  mend: () => console.log('mend'),
};

for (const { do: step, ...given } of scenario.steps) {
  try {
    await steps[step](given);
  } catch (error) {
    error.message = `${step} ${JSON.stringify(given)}: ${error.message}`;
    throw error;
  }
}
await usher.disconnect();
console.log(JSON.stringify({ held: true }));
process.exit(0);
