// usher.js in Svelte: stores, so that a component writes {$connection.state} and {#each $orders as order}.
import { readable } from 'svelte/store';
import { Usher } from 'usher-client';

export const usher = new Usher({ url: 'https://gateway.example.org' });

export const connection = { subscribe: usher.subscribeState };

/** The messages of a destination, the latest last, while somebody looks. */
export const messagesOf = (destination, most = 100) => readable([], (set) => {
  let messages = [];
  const subscription = usher.subscribe(destination, (message) => {
    messages = [...messages, message].slice(-most);
    set(messages);
  });
  return () => {
    subscription.unsubscribe().catch(() => {});
  };
});
