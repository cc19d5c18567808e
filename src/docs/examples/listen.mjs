// Logs in, opens a STOMP session, prints what arrives, and sends what is typed:
//
//   node listen.mjs alice wonderland [http://localhost:8080]
//   bob Good morning!                 (goes to bob)
//
// Node 22 or newer, which has a WebSocket of its own (Node 20: node --experimental-websocket); nothing to install.
import { createInterface } from 'node:readline';

const [username, password, gateway = 'http://localhost:8080'] = process.argv.slice(2);
if (!password) {
  console.error('node listen.mjs <username> <password> [http://localhost:8080]');
  process.exit(2);
}

const response = await fetch(`${gateway}/auth/login`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ username, password }),
});
const login = await response.json();
if (!response.ok) {
  console.error(login.detail);
  process.exit(1);
}

const socket = new WebSocket(`${gateway.replace(/^http/, 'ws')}/ws`, ['v12.stomp']);
const send = (frame) => socket.send(`${frame}\0`);

socket.onopen = () => {
  // The token goes into the first frame, never into the URL.
  send(`CONNECT\naccept-version:1.2\nAuthorization:Bearer ${login.access_token}\n\n`);
  send('SUBSCRIBE\nid:0\ndestination:/user/topic/greetings\n\n');
};
socket.onmessage = ({ data }) => console.log(`${data.replace('\0', '').trim()}\n`);
socket.onclose = ({ code, reason }) => {
  console.log(`closed: ${code} ${reason}`);
  process.exit(1);
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const [, to, text] = line.match(/^(\S+) (.+)$/) ?? [];
  if (text) {
    send(`SEND\ndestination:/user/${to}/topic/greetings\n\n${text}`);
  }
});
