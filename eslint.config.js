import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import svelteParser from 'svelte-eslint-parser';
import tseslint from 'typescript-eslint';
import { linearExpressions } from './scripts/lint/linear-expressions.ts';

/**
 * Which folders of `src` a folder may import. Dependencies point inward; a folder means a runtime.
 * `core` compiles without Node and DOM types besides (src/core/tsconfig.json).
 */
const layers = {
  core: [],
  contract: ['core'],
  formats: ['core', 'contract'],
  runtime: ['core', 'contract'],
  store: ['core', 'contract'],
  engine: ['core', 'contract', 'formats', 'runtime', 'store'],
  cli: ['contract', 'engine'],
  main: ['contract', 'core'],
  preload: ['contract'],
  // Core is pure, and masks are painted where the hand is.
  renderer: ['contract', 'core'],
};

const folders = Object.keys(layers);

const layerRules = folders.map((folder) => {
  const forbidden = folders.filter((other) => other !== folder && !layers[folder].includes(other));
  const patterns = [
    {
      regex: `^(\\.\\./)+(${forbidden.join('|')})/`,
      message: `src/${folder} may import ${layers[folder].join(', ') || 'nothing outside itself'}.`,
    },
  ];
  if (folder === 'core') {
    patterns.push({ regex: '^node:', message: 'src/core is pure TypeScript: no Node modules.' });
  }
  return {
    files: [`src/${folder}/**/*.{ts,svelte}`],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
});

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'dist', 'src/core/onnx/onnx_pb.*'] },
  js.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      // Whole numbers in messages are wanted; objects are not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'No default exports.' },
      ],
    },
  },
  {
    files: ['**/*.svelte'],
    languageOptions: { parser: svelteParser, parserOptions: { parser: tseslint.parser } },
    rules: {
      // Components are `any` to ESLint; svelte-check knows their types.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$derived'] }],
    },
  },
  {
    // Texts come from files, and a process whose main thread is in an expression cannot even be stopped.
    files: ['src/**/*.{ts,svelte}', 'bin/**/*.mjs'],
    ignores: ['**/*.test.ts'],
    plugins: { understudy: { rules: { 'linear-expressions': linearExpressions } } },
    rules: { 'understudy/linear-expressions': 'error' },
  },
  { files: ['*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src/renderer/**/*.{ts,svelte}'], languageOptions: { globals: globals.browser } },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.node } },
  ...layerRules,
);
