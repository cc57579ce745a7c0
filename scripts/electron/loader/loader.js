// Replaces Electron's own default app, which the binary from the registry lacks: starts the app that the first
// argument names, a file or a folder with a package.json. The import is awaited at the top level, because Electron
// holds its `ready` event back until the entry point has run to its end. `-r <module>` loads a module first, as in
// the original: Playwright delays the app that way until it listens.
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const given = process.argv.slice(1);
const required = given.indexOf('-r') < 0 ? [] : given.splice(given.indexOf('-r'), 2).slice(1);
const named = given.find((argument) => !argument.startsWith('-'));
if (named === undefined) {
  process.stderr.write('Which app? Give its folder or its main file as the first argument.\n');
  process.exit(1);
}

const require = createRequire(import.meta.url);
for (const module of required) require(resolve(module));

const target = resolve(named);
if (statSync(target).isDirectory()) {
  const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
  app.setAppPath(target);
  app.setName(manifest.productName ?? manifest.name);
  await import(pathToFileURL(resolve(target, manifest.main)).href);
} else {
  await import(pathToFileURL(target).href);
}
