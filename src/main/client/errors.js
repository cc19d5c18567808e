/** Which codes ask for what, where the gateway does not say so itself. What is not here is worth coming back for. */
const ADVICE = {
  refresh: ['token_expired'],
  login: ['unauthorized', 'revoked', 'refresh_invalid', 'refresh_reused', 'signed_out', 'invalid_dpop_proof'],
  no: ['bad_frame', 'unknown_user', 'not_connected', 'forbidden', 'replaced', 'too_large', 'bad_request', 'bad_credentials',
    'weak_password', 'not_found', 'bad_destination', 'queue_full', 'queue_expired', 'closed', 'no_websocket',
    'no_keys', 'no_passkeys', 'login_too_old', 'passkey_exists', 'too_many_passkeys', 'bad_passkey', 'last_credential'],
};

const adviceOf = (code) => Object.keys(ADVICE).find((retry) => ADVICE[retry].includes(code)) ?? 'reconnect';

/** What went wrong, and what helps. */
export class UsherError extends Error {
  constructor(code, message, { retry, retryAfter, status, incident, nonce } = {}) {
    super(message || code);
    this.name = 'UsherError';
    this.code = code;
    this.retry = retry ?? adviceOf(code);
    Object.assign(this, retryAfter >= 0 && { retryAfter }, status && { status }, incident && { incident }, nonce && { nonce });
  }
}

const milliseconds = (seconds) => (seconds > 0 ? seconds * 1000 : undefined);

/** An ERROR frame. */
export const errorOfFrame = (headers) => new UsherError(headers.code ?? 'internal_error', headers.message, {
  retry: headers.retry,
  retryAfter: milliseconds(headers['retry-after']),
  incident: headers.incident,
  nonce: headers.nonce,
});

/** The code of a problem document, which can still be read after this. */
export const codeOf = async (response) => (await response.clone().json().catch(() => ({}))).code;

/** An answer over HTTP that is no success: a problem document, or what a proxy made of it. */
export async function errorOfResponse(response) {
  const problem = await response.json().catch(() => ({}));
  const fallback = response.status === 401 ? 'unauthorized' : response.status < 500 ? 'bad_request' : 'unreachable';
  return new UsherError(problem.code ?? fallback, problem.detail ?? `The gateway answered ${response.status}.`, {
    retryAfter: milliseconds(response.headers.get('Retry-After')),
    status: response.status,
    incident: problem.incident,
  });
}

/** Whatever an application's own function threw: worth another try, unless it says otherwise. */
export const asUsherError = (error) => (error instanceof UsherError ? error
  : new UsherError('unreachable', `No credential could be had: ${error?.message ?? error}`));
