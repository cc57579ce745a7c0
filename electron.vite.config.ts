import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

// An older Electron stands in where only a package registry is reachable (scripts/electron): what is
// built must run on its Node and Chromium as well as on the Electron of the packages.
const oldest = { node: 'node20.18', chromium: 'chrome130' };

export default defineConfig({
  main: {
    build: {
      target: oldest.node,
      // Everything goes into one file, so that a package needs no node_modules for this process.
      externalizeDeps: false,
      rolldownOptions: { input: { main: 'src/main/main.ts' } },
    },
  },
  preload: {
    build: {
      target: oldest.node,
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: 'src/preload/preload.ts' },
        // A sandboxed preload script cannot be an ES module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    plugins: [svelte()],
    build: {
      target: oldest.chromium,
      // The page's policy allows its own files only: fonts stay files.
      assetsInlineLimit: 0,
    },
  },
});
