/** Listeners by the name of what they want to hear. One that throws keeps nobody else from hearing. */
export class Emitter {
  #listeners = {};

  on(event, listener) {
    const all = this.#listeners[event] ??= new Set();
    const own = (value) => listener(value);
    all.add(own);
    return () => all.delete(own);
  }

  emit(event, value) {
    for (const listener of [...this.#listeners[event] ?? []]) {
      try {
        listener(value);
      } catch (error) {
        console.error(error);
      }
    }
  }
}

/** A promise and what settles it. Nobody has to look at it. */
export function deferred() {
  const all = {};
  all.promise = new Promise((resolve, reject) => Object.assign(all, { resolve, reject }));
  all.promise.catch(() => {});
  return all;
}

/** So many random characters of base64url. */
export function randomText(length) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return [...crypto.getRandomValues(new Uint8Array(length))].map((byte) => alphabet[byte & 63]).join('');
}

/** setTimeout, for times that it would take for zero as well. */
export const later = (work, wait) => setTimeout(work, Math.min(Math.max(wait, 0), 0x7fffffff));

/** Does it when that is aborted, or was; answers what takes this back. */
export function onAbort(signal, work) {
  signal?.addEventListener('abort', work);
  if (signal?.aborted) {
    work();
  }
  return () => signal?.removeEventListener('abort', work);
}

/** Waits for it, but no longer than that. */
export async function atMost(wait, promise) {
  const over = deferred();
  const timer = later(over.resolve, wait);
  await Promise.race([promise, over.promise]);
  clearTimeout(timer);
}
