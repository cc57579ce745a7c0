import type { Rule } from 'eslint';
import type { Node } from 'estree';

/** Stands for a value in a text. */
const value = '{}';

/** Begins as a sentence: with a capital, a name, or a value such as the name of a file. */
const beginning = /^(?:“|["'(]?(?:\p{Lu}|\{\}))/u;
/** Ends as a sentence: with a stop after a word or a value, or with a reason that an error states. */
const ending = /[\p{L}\d”"')}][.?!…][”"')]?$|\p{L}: \{\}$/u;
/** A capitalised word, a further word, and nothing that words do not have: the label of a button, or a title. */
const label = /^\p{Lu}\p{Ll}*[ -]\p{L}[\p{L}\d ’'(),“”{}-]*…?$/u;

interface Options {
  /** True where labels and titles count too: in code that has nothing else to name. */
  readonly labels?: boolean;
}

/**
 * Refuses sentences that users read where the code is: messages of `UserError` of any form, and texts that read as a
 * sentence. Names of defects begin with a small letter and have no full stop, so they pass. The log stays as it is.
 */
export const messagesInText: Rule.RuleModule = {
  meta: {
    type: 'problem',
    schema: [
      { type: 'object', properties: { labels: { type: 'boolean' } }, additionalProperties: false },
    ],
    messages: {
      written: 'Write this message in src/text, so that it can be translated, and name it here.',
      sentence:
        'Users may read this: write it in src/text (the window: src/renderer/text), and name it here. The message of a defect begins with a small letter and has no full stop.',
    },
  },
  create(context) {
    const { labels = false } = (context.options[0] ?? {}) as Options;

    const check = (node: Rule.Node): void => {
      if (isPart(node) || isReported(node) || isLogged(node)) return;
      const text = textOf(node)?.trim();
      if (text === undefined || !isRead(text, labels)) return;
      context.report({ node, messageId: 'sentence' });
    };

    return {
      "NewExpression[callee.name='UserError']"(node: Rule.Node) {
        const message = node.type === 'NewExpression' ? node.arguments[1] : undefined;
        if (message === undefined || !isWritten(message)) return;
        context.report({ node: message, messageId: 'written' });
      },
      Literal: check,
      TemplateLiteral: check,
      BinaryExpression: check,
      // Markup of components, where even a single word is read; units are shorter.
      ':not(SvelteStyleElement) > SvelteText'(node: Rule.Node) {
        if (labels && /\p{L}{3}/u.test(markupOf(node)))
          context.report({ node, messageId: 'sentence' });
      },
      SvelteLiteral(node: Rule.Node) {
        if (isRead(markupOf(node), labels)) context.report({ node, messageId: 'sentence' });
      },
    };
  },
};

/** Words of a text or an attribute in a component's markup, as svelte-eslint-parser describes them. */
function markupOf(node: object): string {
  return 'value' in node && typeof node.value === 'string' ? node.value : '';
}

function isRead(text: string, labels: boolean): boolean {
  const words = text.match(/\p{L}{2,}/gu)?.length ?? 0;
  if (words < 2 || !text.includes(' ')) return false;
  const isSentence = beginning.test(text) && ending.test(text);
  return isSentence || (labels && label.test(text));
}

/** True for a text that is written in place, or chosen among such. */
function isWritten(node: Node): boolean {
  if (node.type !== 'ConditionalExpression') return textOf(node) !== undefined;
  return isWritten(node.consequent) || isWritten(node.alternate);
}

/** The text of literals, templates and their sums; undefined for anything else. */
function textOf(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type === 'TemplateLiteral') {
    return node.quasis.map(({ value: part }) => part.cooked ?? part.raw).join(value);
  }
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return undefined;
  const sides = [node.left, node.right].map((side) =>
    side.type === 'PrivateIdentifier' ? undefined : textOf(side),
  );
  if (sides.every((side) => side === undefined)) return undefined;
  return sides.map((side) => side ?? value).join('');
}

/** True for a side of a sum, which is checked as a whole. */
function isPart({ parent }: Rule.Node): boolean {
  return parent?.type === 'BinaryExpression' && parent.operator === '+';
}

/** True for a message of `UserError`, which is reported as such. */
function isReported(node: Rule.Node): boolean {
  return around(node).some(
    ({ type, ...rest }) =>
      type === 'NewExpression' &&
      'callee' in rest &&
      rest.callee.type === 'Identifier' &&
      rest.callee.name === 'UserError',
  );
}

/** True for what is written into a log: `log.note('…')`, `this.#options.log('…')`. */
function isLogged(node: Rule.Node): boolean {
  return around(node).some(
    (outer) => outer.type === 'CallExpression' && namesOf(outer.callee).includes('log'),
  );
}

/** Names of a callee from the last one on: `log, #options` of `this.#options.log`. */
function namesOf(callee: Node): string[] {
  if (callee.type === 'Identifier' || callee.type === 'PrivateIdentifier') return [callee.name];
  if (callee.type !== 'MemberExpression') return [];
  return [...namesOf(callee.property), ...namesOf(callee.object)];
}

/** Expressions around a node, up to the next function or statement. */
function around(node: Rule.Node): Rule.Node[] {
  const found: Rule.Node[] = [];
  let outer: Rule.Node | null = node.parent;
  while (outer !== null && !/Statement|Declar|Function/.test(outer.type)) {
    found.push(outer);
    outer = outer.parent;
  }
  return found;
}
