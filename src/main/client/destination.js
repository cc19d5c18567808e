import { UsherError } from './errors.js';

const SEGMENT = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9._-]+';

const NAME = `(?=.{1,255}$)${SEGMENT}(?:/${SEGMENT})*$`;

/** Characters stand for themselves, but these, which have one spelling each. */
const USERNAME = '(?:[^/%\\u0000-\\u001f\\u007f]|%(?:2F|25|[01][0-9A-F]|7F))+';

const SHARED = new RegExp(`^/(?:topic|queue|app)/${NAME}`);
const OWN = new RegExp(`^/user/(?:topic|queue)/${NAME}`);
const OTHERS = new RegExp(`^/user/${USERNAME}/(?:topic|queue)/${NAME}`);

function refuse(value, why) {
  throw new UsherError('bad_destination', `${JSON.stringify(value)} is no destination${why}`);
}

function matches(value, ...forms) {
  return typeof value === 'string' && forms.some((form) => form.test(value));
}

/** What can be subscribed to. */
export function checkSubscribe(value) {
  if (!matches(value, SHARED, OWN)) {
    refuse(value, matches(value, OTHERS) ? ' to subscribe to: leave the name out, /user/… is your own.'
      : ': it is /topic/…, /queue/…, /user/topic/… or /user/queue/…, of A-Z a-z 0-9 . _ -');
  }
}

/** What can be published to. */
export function checkPublish(value) {
  if (!matches(value, SHARED, OTHERS)) {
    refuse(value, matches(value, OWN) ? ' to publish to: name the user, /user/{username}/… (destination.toUser).'
      : ': it is /topic/…, /queue/… or /user/{username}/topic|queue/…, of A-Z a-z 0-9 . _ - (destination.toUser).');
  }
}

export const destination = {
  toUser(username, kind, name) {
    const encoded = String(username).replace(/[\/%\u0000-\u001f\u007f]/g,
      (each) => `%${each.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
    const value = `/user/${encoded}/${kind}/${name}`;
    checkPublish(value);
    return value;
  },
  check(value) {
    if (!matches(value, SHARED, OWN, OTHERS)) {
      refuse(value, '.');
    }
  },
};
