/** usher.js: one connection to one gateway, kept alive as one user. Times are milliseconds unless a name says otherwise. */

export type Code =
  // the gateway's, as in protocol.md
  | 'auth_timeout' | 'token_expired' | 'slow_consumer' | 'draining' | 'overloaded' | 'heartbeat_lost' | 'internal_error'
  | 'issuer_unavailable' | 'use_nonce' | 'unknown_user' | 'not_found' | 'invalid_dpop_proof'
  | 'login_too_old' | 'passkey_exists' | 'too_many_passkeys' | 'bad_passkey' | 'last_credential'
  | 'bad_frame' | 'not_connected' | 'unauthorized' | 'revoked' | 'forbidden' | 'replaced' | 'too_large' | 'ended'
  | 'bad_request' | 'bad_credentials' | 'too_many_attempts' | 'refresh_invalid' | 'refresh_reused' | 'storage_unavailable' | 'weak_password'
  // the kit's own
  | 'connection_lost'   // closed without an ERROR
  | 'unreachable'       // no handshake: down, refused origin, wrong URL; a page cannot see which
  | 'timeout'           // no CONNECTED or no RECEIPT in time
  | 'bad_destination'   // refused here, nothing was sent
  | 'queue_full' | 'queue_expired' | 'signed_out' | 'closed' | 'no_websocket' | 'no_keys' | 'no_passkeys';

export class UsherError extends Error {
  constructor(code: Code, message?: string, details?: Partial<Pick<UsherError, 'retry' | 'retryAfter' | 'status' | 'incident'>>);
  readonly code: Code;
  /** What the gateway advises; `no` and `login` are never tried again by themselves. */
  readonly retry: 'reconnect' | 'refresh' | 'login' | 'no';
  readonly retryAfter?: number;
  readonly status?: number;
  /** Names the refusal in the gateway's audit log and console. */
  readonly incident?: string;
}

export type State =
  | 'idle'        // connect() was not called, or disconnect() was
  | 'connecting' | 'connected'
  | 'waiting'     // will try again at retryAt
  | 'offline'     // the browser says there is no network; tries when it is back
  | 'signedout'   // needs login(), or a new answer of token()
  | 'refused';    // retry:no of CONNECT itself; connect() tries once more

export interface Snapshot {
  readonly state: State;
  readonly user: string | null;
  readonly error: UsherError | null;
  readonly retryAt: number | null;
  readonly attempt: number;
  readonly queued: number;
}

export interface Options {
  /** Default: where this module was loaded from. */
  url?: string | URL;
  /** An own identity provider. Called at each connect whose token is missing, refused or within 60 s of its end; single flight. */
  token?: (why: { reason: 'connect' | 'renew' | 'refused'; signal: AbortSignal }) => string | Promise<string>;
  ticket?: (why: { reason: 'connect' | 'renew'; signal: AbortSignal }) => string | Promise<string>;
  /** Pages of the gateway's own origin: login() sets the session cookie, and no token is kept. */
  cookie?: boolean;
  /**
   * Binds logins to a key pair, so that whatever is stolen of them is worthless without it (DPoP, RFC 9449). `true` makes a pair that no
   * script can read out and keeps it in IndexedDB, one for all tabs; in Node it is in memory. With `token` or `ticket`: the pair (ES256)
   * that these are bound to. Pages of one origin that share a login agree on it.
   */
  keys?: boolean | CryptoKeyPair;
  /** Tabs of one origin share one login and one refresh. Default true where there are BroadcastChannel and Web Locks. */
  tabs?: boolean;
  /** Where a login survives a reload. Default: nowhere. */
  store?: { load(): string | null | Promise<string | null>; save(value: string | null): void | Promise<void> };
  queue?: { messages?: number; bytes?: number; ttl?: number };   // 1000, 1 MiB, 60 s
  backoff?: { first?: number; max?: number };                    // 500, 60 s; full jitter, never below the gateway's retry-spread; reset after 30 s connected
  timeouts?: { connect?: number; receipt?: number; refresh?: number }; // 10 s, 15 s, 8 s
  WebSocket?: unknown;
  fetch?: typeof fetch;
  /** Frames in and out, credentials cut out. */
  log?: (line: string) => void;
}

export interface Position { offset: number; epoch: string }

export interface Message {
  readonly destination: string;
  readonly text: string;
  readonly bytes: Uint8Array;
  json<T = unknown>(): T;
  readonly headers: Readonly<Record<string, string>>;
  readonly id: string;
  readonly offset?: number;
  readonly epoch?: string;
  readonly sentAt?: Date;
  readonly redelivered: boolean;
  /**
   * Resolves when the gateway has confirmed; a no-op with ack 'auto'. Rejects with `connection_lost` where that ended first: if
   * the message comes again, it is acknowledged then and not shown again.
   */
  ack(): Promise<void>;
  /** It comes again later. With ack 'client' so do all before it that are not acknowledged: ack() of one of them says nothing more. */
  nack(): Promise<void>;
}

export interface Gap {
  readonly destination: string;
  /** live: what was published meanwhile is not here. expired: the oldest kept is later. epoch: the log was made anew. */
  readonly kind: 'live' | 'expired' | 'epoch';
  /**
   * When the connection was heard last; of messages that were too many for a slow onMessage, when the oldest came; of those
   * that expired while it stood, when the one before them was published, and `to` when the one behind them was.
   */
  readonly from: Date;
  readonly to: Date;
  readonly last?: Position;
  readonly next?: Position;
}

export interface SubscribeOptions {
  onMessage?: (message: Message) => void | Promise<void>;
  /** Default: 'auto', but 'client' for durable readers and /queue/…. */
  ack?: 'auto' | 'client' | 'individual';
  /**
   * Acknowledge when onMessage has returned, NACK when it threw. Default: true for durable readers and /queue/…, where `ack` is
   * not given; nothing they were sent counts as read before it was handled.
   */
  autoAck?: boolean;
  durable?: string;
  from?: 'now' | 'first' | Position;
  inFlight?: number;
  signal?: AbortSignal;
}

export interface Subscription extends AsyncIterable<Message> {
  readonly destination: string;
  readonly state: 'pending' | 'live' | 'failed' | 'ended';
  /** What was handled last; null on live destinations. */
  readonly position: Position | null;
  /** Settles with the first RECEIPT, or rejects with what refused it; the connection lives on. */
  readonly ready: Promise<Position | null>;
  readonly error: UsherError | null;
  on(event: 'gap', fn: (gap: Gap) => void): () => void;
  on(event: 'state', fn: (state: Subscription['state']) => void): () => void;
  /** Acknowledges what was handled. Rejects only with `forget`, where the gateway has not confirmed it. */
  unsubscribe(options?: { forget?: boolean }): Promise<void>;
}

export interface PublishOptions {
  /** Names of headers are printable ASCII without blanks and colons, values have no NUL; else `bad_request`, and nothing is sent. */
  id?: string; headers?: Record<string, string>; contentType?: string; ttlSeconds?: number;
  /** false: rejects at once where there is no connection. */
  queue?: boolean; signal?: AbortSignal;
}
export interface Published { id: string; offset?: number; epoch?: string; delivered?: number; repeated: boolean }

export interface Events {
  state: Snapshot;
  connected: { user: string; expiresIn: number; resumed: boolean; attempt: number };
  disconnected: { code: Code; close: number; message: string; retryAt: number | null };
  gap: Gap;
  renewed: { expiresIn: number };
  signedout: { code: Code; byTab: boolean };
  error: UsherError;
}

export interface Me { username: string; roles: string[]; sessionId: string | null }
export interface SessionInfo { session_id: string; device: string; ip: string; created_at: string; last_seen_at: string; current: boolean; connections: number }

export interface Passkey { passkey_id: string; name: string; created_at: string; last_used_at?: string; transports: string[]; synced: boolean }

export class Usher {
  constructor(options?: Options);
  login(credentials: { username: string; password: string; device?: string }): Promise<Me>;
  /**
   * Has the browser offer the passkeys it has for this gateway. `mediation: 'conditional'` offers them where a name is typed, see
   * `navigator.credentials.get`. Rejects with the browser's own error, such as NotAllowedError, where its user declines.
   */
  loginWithPasskey(options?: { device?: string; mediation?: 'conditional' | 'optional' | 'required' | 'silent'; signal?: AbortSignal }): Promise<Me>;
  /** Makes a passkey for who is logged in; `login_too_old` where that was too long ago. */
  registerPasskey(options?: { name?: string }): Promise<Passkey>;
  passkeys(): Promise<Passkey[]>;
  removePasskey(id: string): Promise<void>;
  logout(options?: { everywhere?: boolean }): Promise<void>;
  me(): Promise<Me>;
  sessions(): Promise<SessionInfo[]>;
  endSession(id: string): Promise<void>;
  changePassword(current: string, next: string): Promise<void>;

  /** Idempotent. Resolves when connected first, however often that fails before; rejects when it needs a person. */
  connect(options?: { signal?: AbortSignal }): Promise<void>;
  /** Waits for queued messages, acknowledges, says DISCONNECT, waits for its RECEIPT. A connect() in the same task takes it back. */
  disconnect(options?: { timeout?: number }): Promise<void>;

  subscribe(destination: string, handler: (message: Message) => void | Promise<void>, options?: SubscribeOptions): Subscription;
  subscribe(destination: string, options?: SubscribeOptions): Subscription;
  publish(destination: string, body: unknown, options?: PublishOptions): Promise<Published>;
  /** fetch with the caller's credential and one refresh where it was refused. */
  fetch(path: string, init?: RequestInit): Promise<Response>;

  on<K extends keyof Events>(event: K, fn: (value: Events[K]) => void): () => void;
  /** For useSyncExternalStore; the snapshot is the same object until something changed. */
  readonly snapshot: () => Snapshot;
  readonly onChange: (fn: () => void) => () => void;
  /** Svelte's store contract. */
  readonly subscribeState: (fn: (snapshot: Snapshot) => void) => () => void;
  close(): void;
}

export const destination: {
  toUser(username: string, kind: 'topic' | 'queue', name: string): string;
  check(value: string): void;
};
