// The scenarios of this folder in Node. The first line read is usher.js as a JSON text. Each line after it names a file and
// one of its scenarios, and is answered by a line of JSON: what became of it.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Script, createContext, runInContext } from 'node:vm';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const kit = JSON.parse((await lines.next()).value);
const scripts = new Map();
const script = (name) => {
  if (!scripts.has(name)) {
    scripts.set(name, new Script(readFileSync(new URL(name, import.meta.url), 'utf8'), { filename: name }));
  }
  return scripts.get(name);
};
// A script knows no modules.
const module = kit.replace(/export\{(.*?)\};/, 'Object.assign(globalThis,{$1});').replace('import.meta.url', "''");
scripts.set('usher.js', new Script(`{${module}}`, { filename: 'usher.js' }));
const turn = () => new Promise((resolve) => setImmediate(resolve));

// In a world of its own.
async function play(file, scenario) {
  const context = createContext({});
  ['world.js', 'gateway.js', 'keys-world.js', 'usher.js', 'scenarios-connection.js', file].forEach((name, i, all) => {
    if (all.indexOf(name) === i) {
      script(name).runInContext(context);
    }
  });
  context.outcome = '';
  runInContext(`scenarios.${scenario}().then(() => { outcome = 'held'; }, (error) => { outcome = String(error?.stack ?? error); })`, context);
  await turn();
  while (!context.outcome) {
    if (!context.world.next()) {
      return 'waits for what never happens';
    }
    await turn();
  }
  return context.outcome;
}

for await (const line of lines) {
  console.log(JSON.stringify({ outcome: await play(...line.split(' ')) }));
}
