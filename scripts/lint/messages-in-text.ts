import type { Rule } from 'eslint';

const written = new Set([
  'Literal',
  'TemplateLiteral',
  'BinaryExpression',
  'ConditionalExpression',
]);

/** Refuses error messages that are written where they are thrown: they belong into `src/text`. */
export const messagesInText: Rule.RuleModule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      written: 'Write this message in src/text, so that it can be translated, and name it here.',
    },
  },
  create(context) {
    return {
      "NewExpression[callee.name='UserError']"(node: Rule.Node) {
        if (node.type !== 'NewExpression') return;
        const message = node.arguments[1];
        if (message === undefined || !written.has(message.type)) return;
        context.report({ node: message, messageId: 'written' });
      },
    };
  },
};
