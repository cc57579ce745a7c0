import { defineConfig } from 'oxlint';
import type { OxlintConfig, OxlintOverride } from 'oxlint';

/**
 * Which folders of `src` a folder may import. Dependencies point inward; a folder means a runtime.
 * `core` compiles without Node and DOM types besides (src/core/tsconfig.json).
 */
const layers: Readonly<Record<string, readonly string[]>> = {
  text: [],
  core: ['text'],
  contract: ['core', 'text'],
  formats: ['core', 'contract', 'text'],
  runtime: ['core', 'contract', 'text'],
  store: ['core', 'contract', 'text'],
  engine: ['core', 'contract', 'formats', 'runtime', 'store', 'text'],
  cli: ['contract', 'engine', 'text'],
  main: ['contract', 'core', 'text'],
  preload: ['contract'],
  // Core is pure, and masks are painted where the hand is.
  renderer: ['contract', 'core', 'text'],
};

const folders = Object.keys(layers);

/** Tests, and what only they use. */
const notShipped = ['**/*.test.ts', '**/testing/**'];

const layerRules = Object.entries(layers).map(([folder, allowed]): OxlintOverride => {
  const forbidden = folders.filter((other) => other !== folder && !allowed.includes(other));
  const patterns = [
    {
      regex: `^(\\.\\./)+(${forbidden.join('|')})/`,
      message: `src/${folder} may import ${allowed.join(', ') || 'nothing outside itself'}.`,
    },
  ];
  if (folder === 'core') {
    patterns.push({ regex: '^node:', message: 'src/core is pure TypeScript: no Node modules.' });
  }
  return {
    files: [`src/${folder}/**/*.{ts,svelte}`],
    excludeFiles: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
});

/** Rules for every script. */
const scriptRules = [
  'for-direction',
  'no-async-promise-executor',
  'no-case-declarations',
  'no-compare-neg-zero',
  'no-cond-assign',
  'no-constant-binary-expression',
  'no-constant-condition',
  'no-control-regex',
  'no-debugger',
  'no-delete-var',
  'no-dupe-else-if',
  'no-duplicate-case',
  'no-empty',
  'no-empty-character-class',
  'no-empty-pattern',
  'no-empty-static-block',
  'no-ex-assign',
  'no-extra-boolean-cast',
  'no-fallthrough',
  'no-global-assign',
  'no-invalid-regexp',
  'no-irregular-whitespace',
  'no-loss-of-precision',
  'no-misleading-character-class',
  'no-nonoctal-decimal-escape',
  'no-prototype-builtins',
  'no-regex-spaces',
  'no-self-assign',
  'no-shadow-restricted-names',
  'no-sparse-arrays',
  'no-unassigned-vars',
  'no-unexpected-multiline',
  'no-unsafe-finally',
  'no-unsafe-optional-chaining',
  'no-unused-labels',
  'no-unused-private-class-members',
  'no-useless-assignment',
  'no-useless-backreference',
  'no-useless-catch',
  'no-useless-escape',
  'preserve-caught-error',
  'require-yield',
  'use-isnan',
  'valid-typeof',
  'no-var',
  'prefer-const',
  'prefer-rest-params',
  'prefer-spread',
  'no-array-constructor',
  'no-unused-expressions',
  'no-useless-constructor',
  'no-empty-function',
] as const;

/** Rules for files without types; elsewhere the compiler reports the same. */
const untypedRules = [
  'constructor-super',
  'getter-return',
  'no-class-assign',
  'no-const-assign',
  'no-dupe-class-members',
  'no-dupe-keys',
  'no-func-assign',
  'no-import-assign',
  'no-new-native-nonconstructor',
  'no-obj-calls',
  'no-redeclare',
  'no-setter-return',
  'no-this-before-super',
  'no-undef',
  'no-unreachable',
  'no-unsafe-negation',
  'no-with',
] as const;

/** Rules of typescript-eslint's presets `strict-type-checked` and `stylistic-type-checked`. */
const typeScriptRules = [
  'await-thenable',
  'no-array-delete',
  'no-base-to-string',
  'no-confusing-void-expression',
  'no-deprecated',
  'no-duplicate-enum-values',
  'no-duplicate-type-constituents',
  'no-dynamic-delete',
  'no-empty-object-type',
  'no-explicit-any',
  'no-extra-non-null-assertion',
  'no-extraneous-class',
  'no-floating-promises',
  'no-for-in-array',
  'no-generated-empty-object-type',
  'no-implied-eval',
  'no-invalid-void-type',
  'no-meaningless-void-operator',
  'no-misused-new',
  'no-misused-promises',
  'no-misused-spread',
  'no-mixed-enums',
  'no-namespace',
  'no-non-null-asserted-nullish-coalescing',
  'no-non-null-asserted-optional-chain',
  'no-non-null-assertion',
  'no-redundant-type-constituents',
  'no-require-imports',
  'no-this-alias',
  'no-unnecessary-boolean-literal-compare',
  'no-unnecessary-condition',
  'no-unnecessary-template-expression',
  'no-unnecessary-type-arguments',
  'no-unnecessary-type-assertion',
  'no-unnecessary-type-constraint',
  'no-unnecessary-type-conversion',
  'no-unnecessary-type-parameters',
  'no-unsafe-argument',
  'no-unsafe-assignment',
  'no-unsafe-call',
  'no-unsafe-class-instance-assignment',
  'no-unsafe-declaration-merging',
  'no-unsafe-enum-assignment',
  'no-unsafe-enum-comparison',
  'no-unsafe-function-type',
  'no-unsafe-member-access',
  'no-unsafe-return',
  'no-unsafe-unary-minus',
  'no-useless-default-assignment',
  'no-wrapper-object-types',
  'only-throw-error',
  'prefer-as-const',
  'prefer-literal-enum-member',
  'prefer-namespace-keyword',
  'prefer-promise-reject-errors',
  'prefer-reduce-type-parameter',
  'prefer-return-this-type',
  'related-getter-setter-pairs',
  'require-await',
  'triple-slash-reference',
  'unbound-method',
  'unified-signatures',
  'use-unknown-in-catch-callback-variable',
  'adjacent-overload-signatures',
  'array-type',
  'ban-tslint-comment',
  'class-literal-property-style',
  'consistent-generic-constructors',
  'consistent-indexed-object-style',
  'consistent-type-assertions',
  'dot-notation',
  'no-confusing-non-null-assertion',
  'no-inferrable-types',
  'non-nullable-type-assertion-style',
  'prefer-find',
  'prefer-for-of',
  'prefer-function-type',
  'prefer-includes',
  'prefer-nullish-coalescing',
  'prefer-optional-chain',
  'prefer-regexp-exec',
  'prefer-string-starts-ends-with',
  'switch-exhaustiveness-check',
] as const;

type Rules = NonNullable<OxlintConfig['rules']>;

type Severity = 'error' | 'off';

function all(severity: Severity, names: readonly string[]): Record<string, Severity> {
  return Object.fromEntries(names.map((name) => [name, severity]));
}

const typeScriptNames = typeScriptRules.map((name) => `typescript/${name}`);

/** Rules with options of their own. */
const stricter: Rules = {
  'typescript/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
  'typescript/consistent-type-definitions': ['error', 'interface'],
  'typescript/return-await': ['error', 'error-handling-correctness-only'],
  'typescript/restrict-plus-operands': [
    'error',
    {
      ...{ allowAny: false, allowBoolean: false, allowNullish: false },
      ...{ allowNumberAndString: false, allowRegExp: false },
    },
  ],
  // Whole numbers in messages are wanted; objects are not.
  'typescript/restrict-template-expressions': ['error', { allowNumber: true }],
};

export default defineConfig({
  ignorePatterns: ['out', 'node_modules', 'src/core/onnx/onnx_pb.*'],
  options: {
    typeAware: true,
    reportUnusedDisableDirectives: 'deny',
    // Those are for ESLint, which checks Svelte's own rules.
    respectEslintDisableDirectives: false,
  },
  plugins: ['typescript', 'import'],
  jsPlugins: ['./scripts/lint/plugin.ts'],
  categories: { correctness: 'off' },
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    ...all('error', [...scriptRules, ...typeScriptNames]),
    // Without options, oxlint passes over names that begin with `_`.
    'no-unused-vars': ['error', { args: 'after-used' }],
    ...stricter,
  },
  overrides: [
    {
      files: ['**/*.{js,mjs}'],
      env: { node: true },
      rules: {
        ...all('off', [...typeScriptNames, ...Object.keys(stricter)]),
        ...all('error', untypedRules),
      },
    },
    {
      // Texts come from files, and a process whose main thread is in an expression cannot even be stopped.
      files: ['src/**/*.{ts,svelte}', 'bin/**/*.mjs'],
      excludeFiles: ['**/*.test.ts'],
      rules: { 'understudy/linear-expressions': 'error' },
    },
    {
      // One place for the messages of a language; see docs/adr/0039-messages-in-one-place.md.
      files: ['src/**/*.{ts,svelte}'],
      excludeFiles: [...notShipped, 'src/text/**', 'src/cli/**', 'src/renderer/text/**'],
      rules: { 'understudy/messages-in-text': 'error' },
    },
    {
      files: ['src/{main,renderer}/**/*.{ts,svelte}'],
      excludeFiles: [...notShipped, 'src/renderer/text/**'],
      rules: { 'understudy/messages-in-text': ['error', { labels: true }] },
    },
    // Tools read their configuration from a default export.
    { files: ['**/*.config.{js,ts}'], rules: { 'import/no-default-export': 'off' } },
    ...layerRules,
  ],
});
