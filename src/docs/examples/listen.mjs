// Logs in, connects, prints what arrives, and sends what is typed:
//
//   node listen.mjs alice wonderland [http://localhost:8080]
//   bob Good morning!                 (goes to bob)
//
// Node 22 or newer, which has a WebSocket of its own (Node 20: node --experimental-websocket). Nothing to install: the client kit
// comes from the gateway. A project of yours runs `npm install https://gateway.example.org/usher.tgz` once instead and begins with
// `import { Usher, destination } from 'usher-client';`.
import { createInterface } from 'node:readline';

const [username, password, gateway = 'http://localhost:8080'] = process.argv.slice(2);
if (!password) {
  console.error('node listen.mjs <username> <password> [http://localhost:8080]');
  process.exit(2);
}

const kit = await (await fetch(new URL('/usher.js', gateway))).text();
const { Usher, destination } = await import(`data:text/javascript,${encodeURIComponent(kit)}`);

const usher = new Usher({ url: gateway });

// These may stand before connect(): nothing is lost.
usher.subscribe('/user/topic/greetings', ({ headers, text }) => console.log(`${headers.sender}: ${text}`));
usher.on('connected', ({ user }) => console.log(`connected as ${user}`));
usher.on('disconnected', ({ code, retryAt }) => console.log(`${code}${retryAt ? ', coming back' : ''}`));

const fail = ({ code, message }) => {
  console.error(`${code}: ${message}`);
  process.exit(1);
};
await usher.login({ username, password, device: 'listen.mjs' }).catch(fail);
await usher.connect().catch(fail);
usher.on('signedout', () => process.exit(1));

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const [, to, text] = line.match(/^(\S+) (.+)$/) ?? [];
  if (text) {
    usher.publish(destination.toUser(to, 'topic', 'greetings'), text).catch(({ code, message }) => console.error(`${code}: ${message}`));
  }
});
input.on('close', async () => {
  await usher.disconnect();
  process.exit(0);
});
