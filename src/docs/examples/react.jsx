// usher.js in React 18 or newer. One Usher for the whole application, made outside of the components.
import { useEffect, useSyncExternalStore } from 'react';
import { Usher } from 'usher-client';

export const usher = new Usher({ url: 'https://gateway.example.org' });

/** Keeps the connection while the component is there. StrictMode mounts twice, which costs nothing. */
export function useConnection() {
  useEffect(() => {
    usher.connect().catch(() => {});
    return () => {
      usher.disconnect();
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
