// usher.js in React 18 or newer. One Usher for the whole application, made outside of the components.
import { useEffect, useSyncExternalStore } from 'react';
import { Usher } from 'usher-client';

export const usher = new Usher({ url: 'https://gateway.example.org' });

let users = 0;

/** Keeps the connection while any component is there that uses it. StrictMode mounts twice, which costs nothing. */
export function useConnection() {
  useEffect(() => {
    users++;
    usher.connect().catch(() => {});
    return () => {
      if (--users === 0) {
        usher.disconnect();
      }
    };
  }, []);
  return useSyncExternalStore(usher.onChange, usher.snapshot, usher.snapshot);
}

/** Calls onMessage for each message; it must be the same function over renders (useCallback). */
export function useSubscription(destination, onMessage) {
  useEffect(() => {
    const subscription = usher.subscribe(destination, onMessage);
    return () => {
      subscription.unsubscribe().catch(() => {});
    };
  }, [destination, onMessage]);
}

export function ConnectionState() {
  const { state, user, error } = useConnection();
  return <p role="status">{state === 'connected' ? `Connected as ${user}` : `${state} ${error?.message ?? ''}`}</p>;
}
