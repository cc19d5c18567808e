// What OwnProviderTests has Node do: a user of another identity provider, whose tokens the kit asks for by token().
import { createInterface } from 'node:readline';

const [gateway, provider, credentials, first] = process.argv.slice(2);
const kit = await (await fetch(`${gateway}/usher.js`)).text();
const { Usher } = await import(`data:text/javascript,${encodeURIComponent(kit)}`);

let refresh = first;
const kids = new Set();
const token = async () => {
  try {
    const answer = await fetch(`${provider}/oauth2/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa(credentials)}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh }),
    });
    const tokens = await answer.json();
    refresh = tokens.refresh_token ?? refresh;
    kids.add(JSON.parse(atob(tokens.access_token.split('.')[0].replaceAll('-', '+').replaceAll('_', '/'))).kid);
    return tokens.access_token;
  } catch (error) {
    console.log('no token');
    throw error;
  }
};

const { username, roles } = await (await fetch(`${gateway}/auth/me`, { headers: { Authorization: `Bearer ${await token()}` } })).json();
const usher = new Usher({ url: gateway, backoff: { first: 50, max: 200 }, token });
const counts = { connected: 0, signedout: 0 };
Object.keys(counts).forEach((event) => usher.on(event, () => counts[event]++));
usher.on('connected', ({ user }) => console.log(`connected as ${user}`));
usher.on('renewed', () => console.log('renewed'));
usher.on('disconnected', ({ code }) => console.log(`disconnected ${code}`));
const got = [];
const news = usher.subscribe('/user/queue/news', ({ text }) => {
  got.push(text);
  console.log(`got ${text}`);
});
await usher.connect();
await news.ready;
console.log('subscribed');

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'done') {
    break;
  }
}
await usher.disconnect();
console.log(JSON.stringify({ ...counts, username, roles, got, kids: kids.size }));
process.exit(0);
