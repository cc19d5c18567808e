// What an application writes in TypeScript. Never run: .ci/run has tsc --strict look at it.
import {
  Usher, UsherError, destination, type Code, type Gap, type Message, type Options, type Position, type Published, type Snapshot,
} from 'usher-client';

interface Order { id: number; paid: boolean }

const store = {
  load: () => localStorage.getItem('usher'),
  save: (value: string | null) => (value === null ? localStorage.removeItem('usher') : localStorage.setItem('usher', value)),
};
const options: Options = {
  url: new URL('https://gateway.example.org/'), keys: true, store, tabs: false, queue: { ttl: 1000 }, backoff: { max: 10_000 },
  timeouts: { connect: 5000 }, WebSocket: globalThis.WebSocket, fetch: globalThis.fetch, log: (line) => console.log(line.length),
};
const usher = new Usher(options);

const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
export const foreign = new Usher({ keys: pair, token: async ({ reason, signal }) => (signal.aborted ? '' : `token for ${reason}`) });
export const ticketed = new Usher({ ticket: ({ reason }) => fetch(`/ticket?${reason}`).then((answer) => answer.text()) });
export const cookies = new Usher({ cookie: true, keys: true });

const { username, roles, sessionId } = await usher.login({ username: 'alice', password: 'wonderland', device: 'Phone' });
console.log(username.length + roles.length, sessionId?.length);
await usher.loginWithPasskey({ mediation: 'conditional', signal: AbortSignal.timeout(60_000) });
const passkey = await usher.registerPasskey({ name: 'Phone' });
await usher.removePasskey(passkey.passkey_id);
for (const each of await usher.passkeys()) {
  console.log(each.name.length, each.last_used_at?.length, each.transports.join());
}
await usher.endSession((await usher.sessions())[0].session_id);
await usher.changePassword('old', 'new');

const handler = async (message: Message) => {
  const order = message.json<Order>();
  console.log(order.id + message.bytes.length, order.paid, message.sentAt?.getTime(), message.offset?.toFixed());
  await message.ack();
};
const orders = usher.subscribe('/user/queue/orders', handler, { durable: 'phone', ack: 'individual', from: 'first', inFlight: 8 });
const position: Position | null = await orders.ready;
orders.on('gap', ({ kind, from }: Gap) => console.log(kind, from.getTime()));
orders.on('state', (state) => console.log(state === 'live'));
await orders.unsubscribe({ forget: true });
for await (const { text } of usher.subscribe('/topic/news', position ? { from: position } : {})) {
  console.log(text.length);
}

const to = destination.toUser('bob', 'queue', 'orders');
const published: Published = await usher.publish(to, { id: 1 }, { id: 'o1', ttlSeconds: 60, headers: { trace: 'x' } });
console.log(published.offset?.toFixed(), published.delivered?.toFixed(), published.repeated);

const off: () => void = usher.on('disconnected', ({ code, retryAt }) => console.log(code, retryAt?.toFixed()));
off();
usher.on('state', ({ state }) => console.log(state === 'signedout'));
usher.on('error', ({ retry, incident }) => console.log(retry, incident?.length));
const snapshot: Snapshot = usher.snapshot();
console.log(snapshot.queued.toFixed(), usher.onChange(() => {}), usher.subscribeState(({ user }) => console.log(user?.length)));

try {
  await usher.connect({ signal: AbortSignal.timeout(1000) });
} catch (error) {
  const code: Code | undefined = error instanceof UsherError ? error.code : undefined;
  console.log(code === 'no_keys' || code === 'use_nonce');
}
await (await usher.fetch('api/messages', { method: 'POST', body: '[]' })).json();
await usher.logout({ everywhere: true });
await usher.disconnect({ timeout: 1000 });
usher.close();

// @ts-expect-error a password is a text
usher.login({ username: 'alice', password: 1 });
// @ts-expect-error there is no such event
usher.on('connect', () => {});
// @ts-expect-error there is no such acknowledgement
usher.subscribe('/topic/a', { ack: 'client-individual' });
// @ts-expect-error nobody writes to a snapshot
snapshot.state = 'idle';
// @ts-expect-error a kind is topic or queue
destination.toUser('bob', 'app', 'x');
