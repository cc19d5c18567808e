// The scenarios in Node, which compiles them: with the large numbers as they are. The last line printed is the result, as JSON.
//
//   node scenarios.mjs <where usher.js is> <where the scenarios are> <file> <scenario>
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

const [gateway, folder, file, scenario] = process.argv.slice(2);
const kit = await (await fetch(`${gateway}/usher.js`)).text();
const context = createContext({});
const run = (code, filename) => runInContext(code, context, { filename });
const runFile = (name) => run(readFileSync(`${folder}/${name}`, 'utf8'), name);
const turn = () => new Promise((resolve) => setImmediate(resolve));

['world.js', 'gateway.js', 'keys-world.js'].forEach(runFile);
// A script knows no modules.
run(`{${kit.replace(/export\{(.*?)\};/, 'Object.assign(globalThis,{$1});').replace('import.meta.url', "''")}}`, 'usher.js');
['scenarios-connection.js', file].forEach((name, i, all) => all.indexOf(name) === i && runFile(name));

context.outcome = '';
run(`scenarios.${scenario}().then(() => { outcome = 'held'; }, (error) => { outcome = String(error?.stack ?? error); })`);
await turn();
while (!context.outcome) {
  if (!context.world.next()) {
    context.outcome = 'waits for what never happens';
  }
  await turn();
}
console.log(JSON.stringify({ outcome: context.outcome }));
process.exit(0);
