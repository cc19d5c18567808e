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
  const { status } = response;
  // The gateway says its code. What a proxy says of itself is over when the proxy is well again.
  const fallback = status === 401 ? 'unauthorized' : [400, 403, 422].includes(status) ? 'bad_request' : 'unreachable';
  return new UsherError(problem.code ?? fallback, problem.detail ?? `The gateway answered ${status}.`, {
    retryAfter: milliseconds(response.headers.get('Retry-After')),
    status,
    incident: problem.incident,
  });
}

/** Whatever was thrown here, or by an application's own function: worth another try, unless it says otherwise. */
export const asUsherError = (error, what = 'The gateway could not be reached') => (error instanceof UsherError ? error
  : new UsherError('unreachable', `${what}: ${error?.message ?? error}`));
