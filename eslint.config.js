import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * Which folders of `src` a folder may import. Dependencies point inward; a folder means a runtime.
 * `core` compiles without Node and DOM types besides (src/core/tsconfig.json).
 */
const layers = {
  core: [],
  contract: [],
  formats: ['core', 'contract'],
  runtime: ['core', 'contract'],
  engine: ['core', 'contract', 'formats', 'runtime'],
  cli: ['contract', 'engine'],
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
    files: [`src/${folder}/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
});

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'dist', 'src/core/onnx/onnx_pb.*'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
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
  { files: ['*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.node } },
  ...layerRules,
);
