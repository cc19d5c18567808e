// usher.js in Vue 3: what a component calls in its setup().
import { onScopeDispose, shallowReadonly, shallowRef } from 'vue';
import { Usher } from 'usher-client';

export const usher = new Usher({ url: 'https://gateway.example.org' });

/** The state of the connection, as a ref: {{ connection.state }} in a template. */
export function useConnection() {
  const connection = shallowRef(usher.snapshot());
  onScopeDispose(usher.onChange(() => {
    connection.value = usher.snapshot();
  }));
  usher.connect().catch(() => {});
  return shallowReadonly(connection);
}

/** The messages of a destination, the latest last, as many as asked for. */
export function useMessages(destination, most = 100) {
  const messages = shallowRef([]);
  const subscription = usher.subscribe(destination, (message) => {
    messages.value = [...messages.value, message].slice(-most);
  });
  onScopeDispose(() => subscription.unsubscribe().catch(() => {}));
  return shallowReadonly(messages);
}
