import { Linter } from 'eslint';
import * as svelteParser from 'svelte-eslint-parser';
import { describe, expect, it } from 'vitest';
import { messagesInText } from './messages-in-text.ts';

function messagesFor(code: string, options: { labels?: boolean } = {}): (string | undefined)[] {
  const plugins = { understudy: { rules: { 'messages-in-text': messagesInText } } };
  const config: Linter.Config = {
    plugins,
    rules: { 'understudy/messages-in-text': ['error', options] },
  };
  const found = new Linter().verify(code, config);
  return found.map(({ messageId }) => messageId);
}

describe('the lint rule', () => {
  it.each([
    "throw new UserError('disk', 'The disk is full.')",
    "throw new UserError('disk', `${path} is full`)",
    "throw new UserError('disk', 'no room on ' + path)",
    "throw new UserError('disk', isFull ? text.full : 'no room')",
  ])('refuses the message of %s', (code) => {
    expect(messagesFor(code)).toEqual(['written']);
  });

  it.each([
    "const note = 'Some values are rounded.'",
    'const note = `${values} values are rounded.`',
    "const note = 'Some values ' + 'are rounded.'",
    "const note = count + ' values are rounded.'",
    "const note = '“cells” is taken. Choose another name!'",
    "ask('Close the window?')",
    'refuse(`The request could not be sent: ${failure}`)',
    "throw new Error('There is no level 3.')",
  ])('refuses %s', (code) => {
    expect(messagesFor(code)).toEqual(['sentence']);
  });

  it.each([
    "throw new UserError('disk', fileText.diskFull(path))",
    "throw new UserError('disk', isFull ? fileText.diskFull(path) : fileText.inUse(path))",
    "throw new UserError('disk', message, 'code 28')",
    'throw new Error(`slice: axis ${axis} is outside of ${rank}`)',
    "log.note('The page does not respond.')",
    'this.options.log(`The engine ended: ${how}.`)',
    "database.get('SELECT id, name FROM projects WHERE id = ?', [id])",
    "const vendor = 'Open Neural Network Exchange'",
    "const file = 'Report.csv'",
    'const key = `${device} (${driver}): ${student}`',
    'const quick = /^The disk is full\\.$/',
  ])('lets %s pass', (code) => {
    expect(messagesFor(code)).toEqual([]);
  });

  it('refuses labels and titles where it is told to', () => {
    const code = "button('Show the log'); button('Row-wise'); button('CmdOrCtrl+I')";
    expect(messagesFor(code)).toEqual([]);
    expect(messagesFor(code, { labels: true })).toEqual(['sentence']);
  });

  it('refuses words in the markup of a component', () => {
    const config: Linter.Config = {
      files: ['**/*.svelte'],
      languageOptions: { parser: svelteParser },
      plugins: { understudy: { rules: { 'messages-in-text': messagesInText } } },
      rules: { 'understudy/messages-in-text': ['error', { labels: true }] },
    };
    const lines = (markup: string): number[] =>
      new Linter().verify(markup, config, 'Panel.svelte').map(({ line }) => line);
    const words = [
      '<p class="open wide">Close</p>',
      '<p title="Close it now"></p>',
      "{f('A few words')}",
    ];
    expect(lines(words.join('\n'))).toEqual([1, 2, 3]);
    expect(
      lines('<p class="open wide">{text.close}&nbsp;px</p><style>p { color: red; }</style>'),
    ).toEqual([]);
  });
});
